"""What is named so and changes nothing of the process's, and a child that has a directory of its own."""

import os
import subprocess


class Robot:
    def chdir(self, where: str) -> None:
        self.where = where


def move(robot: Robot) -> str:
    robot.chdir("/north")
    subprocess.run(["make"], cwd="/srv/shop", check=True, timeout=5)
    return os.getcwd()


def chdir(where: str) -> None:
    """A function of the project's own."""


def own() -> None:
    chdir("/north")
