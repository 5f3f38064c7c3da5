"""The whole diagnosis: the legacy application, its rewrite, or both as the map names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.backends.import_string import parse
from gateway.doctor.finding import Finding, Severity, note
from gateway.doctor.legacy.examine import Examined, examine_legacy
from gateway.doctor.legacy.versions import installed
from gateway.doctor.rewrite import Beside, examine_folder, examine_rewrite
from gateway.mapfile.loaded import AsgiBackend, LoadedMap, WsgiBackend

if TYPE_CHECKING:
    from gateway.evidence.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found. `application` is legacy's import string and `v2` the rewrite's, empty for none.

    `routes` is None when there is no Flask object to count them on.
    """

    application: str
    v2: str
    imported: bool
    versions: Mapping[str, str]
    routes: Mapping[str, Any] | None
    findings: tuple[Finding, ...]
    """Legacy's."""
    mistakes: tuple[Finding, ...] = ()
    """The rewrite's."""

    @property
    def everything(self) -> tuple[Finding, ...]:
        """Of both sides, legacy first."""
        return (*self.findings, *self.mistakes)

    @property
    def is_healthy(self) -> bool:
        """Whether nothing has to be done: no error of legacy's, nothing at all about the rewrite."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings) and not self.mistakes

    def count(self, severity: Severity) -> int:
        """How many findings are of that severity."""
        return sum(finding.severity is severity for finding in self.everything)

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        shown = asdict(self)
        del shown["mistakes"]
        counts = {f"{severity}s": self.count(severity) for severity in Severity}
        return shown | {"findings": [asdict(finding) for finding in self.everything], "counts": counts}


def examine(application: str, *, v2: str = "", root: Path, environment: Mapping[str, str]) -> Diagnosis:
    """Examine an application of either side, or a folder of v2's source; and `v2` beside it, if it is named.

    Raises:
        ImportFailed: what is named is no import string. One that cannot be imported is a finding, not an error.
    """
    if Path(root, application).is_dir():
        return _rewrite_only(application, examine_folder(Path(root, application), root))
    examined = examine_legacy(application, root=root, environment=environment)
    if examined.asgi is not None:
        mistakes = examine_rewrite(
            application, root=root, beside=Beside(), loaded=examined.asgi, importing=examined.findings
        )
        return _rewrite_only(application, mistakes)
    return _both(application, examined, v2, Beside(), root)


def examine_map(
    loaded: LoadedMap, evidence: EvidenceStore | None, *, root: Path, environment: Mapping[str, str]
) -> Diagnosis:
    """Examine both applications of a map. A remote one cannot be looked into, and that is a note."""
    beside = Beside(map=loaded, evidence=evidence)
    legacy, v2 = loaded.backends.legacy, loaded.backends.v2
    v2_name = v2.import_string if isinstance(v2, AsgiBackend) else ""
    if isinstance(legacy, WsgiBackend):
        examined = examine_legacy(legacy.import_string, root=root, environment=environment)
        diagnosis = _both(legacy.import_string, examined, v2_name, beside, root)
    else:
        diagnosis = _rewrite_only(v2_name, examine_rewrite(v2_name, root=root, beside=beside) if v2_name else ())
    remote = [
        note("backend.remote", f"{side} runs elsewhere ({where}): it is not looked into", "run the doctor where it is")
        for side, where in (("legacy", getattr(legacy, "url", "")), ("v2", getattr(v2, "url", "")))
        if where
    ]
    return replace(diagnosis, findings=(*diagnosis.findings, *remote))


def _both(application: str, examined: Examined, v2: str, beside: Beside, root: Path) -> Diagnosis:
    mistakes: tuple[Finding, ...] = ()
    if v2:
        known = replace(beside, legacy=examined.flask, legacy_module=parse(application).module)
        mistakes = examine_rewrite(v2, root=root, beside=known)
    return Diagnosis(
        application, v2, examined.imported, examined.versions, examined.routes, examined.findings, mistakes
    )


def _rewrite_only(v2: str, mistakes: tuple[Finding, ...]) -> Diagnosis:
    imported = not any(finding.code == "import.failed" for finding in mistakes)
    return Diagnosis("", v2, imported, installed(), None, (), mistakes)
