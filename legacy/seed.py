"""The demo content: the same employees, articles and accounts every time."""

import random
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select, text

from legacy import tables
from legacy.passwords import hash_password

EMPLOYEES = 320
ARTICLES = 240
EPOCH = datetime(2019, 3, 4, 8, 30)  # the day the application went live

DEPARTMENTS = [
    ("engineering", "Engineering", "Berlin"),
    ("design", "Design", "Lisbon"),
    ("finance", "Finance", "Zürich"),
    ("legal", "Legal", "Vienna"),
    ("marketing", "Marketing", "Paris"),
    ("operations", "Operations", "Rotterdam"),
    ("people", "People & Culture", "Berlin"),
    ("support", "Customer Support", "Kraków"),
]
FIRST_NAMES = (
    "Ada Alan Amélie Ana Anton Beatriz Björn Carla Chidi Clara Daniel Dilnoza Edith Elif Emil Fatima Felix Frida "
    "Giulia Grace Hanna Hugo Ines Ivan Jana Jonas José Julia Kai Karim Katrin Lars Lena Linus Łukasz Mads Maja Marta "
    "Mateo Mia Nadia Nils Noor Olga Oskar Paula Pedro Petra Quentin Rana Ravi Renée Sana Selma Simon Sofía Tariq Tomás "
    "Uma Vera Viktor Wanda Xenia Yara Yusuf Zoë"
).split()
LAST_NAMES = (
    "Abel Almeida Andersson Bauer Becker Bianchi Brandt Costa Czerny Demir Dubois Eriksen Fischer Fontaine Fröhlich "
    "Garcia Grün Haddad Hansen Hoffmann Ibrahim Ivanova Jansen Jensen Kaya Keller Kowalski Krüger Lang Lindgren López "
    "Maier Marino Müller Nakamura Navarro Novak Nowak Okafor Olsen Pereira Petrov Popescu Rahman Richter Romano Rossi "
    "Sánchez Santos Schäfer Schmidt Silva Sørensen Steiner Tanaka Toth Vogel Wagner Weber Winkler Yilmaz Zimmer"
).split()
TITLES = {
    "engineering": ["Software Engineer", "Senior Software Engineer", "Site Reliability Engineer", "Data Engineer"],
    "design": ["Product Designer", "UX Researcher", "Illustrator"],
    "finance": ["Accountant", "Controller", "Payroll Specialist"],
    "legal": ["Counsel", "Privacy Officer"],
    "marketing": ["Content Editor", "Campaign Manager", "Brand Manager"],
    "operations": ["Logistics Planner", "Facility Manager", "Buyer"],
    "people": ["Recruiter", "HR Partner", "Trainer"],
    "support": ["Support Agent", "Support Engineer", "Team Coach"],
}
SKILLS = "accounting contracts css english excel flask french german kubernetes mentoring negotiation photography "
SKILLS = (SKILLS + "planning python recruiting sql support typography writing").split()
CATEGORIES = ["company", "engineering", "events", "people", "product"]
SUBJECTS = [
    "the new canteen",
    "our release train",
    "the summer party",
    "remote work",
    "a faster search",
    "the bicycle scheme",
    "security training",
    "the Kraków office",
    "customer interviews",
    "the travel policy",
    "parental leave",
    "code reviews",
    "the yearly survey",
    "first-aid courses",
    "our carbon footprint",
]
OPENINGS = [
    "All about",
    "News of",
    "What changed with",
    "Questions and answers on",
    "A closer look at",
    "Five years of",
]
SENTENCES = [
    "We listened to what you wrote in the survey, and acted on most of it.",
    "The pilot ran for eight weeks in two offices and was liked by nine out of ten colleagues.",
    "Nothing changes for teams that are happy with how things are today.",
    "If you have questions, the people team answers them every Thursday at ten.",
    "The details are in the handbook, which is kept up to date by the operations team.",
    "Many thanks to everybody who helped – you know who you are.",
    "We will look at the numbers again in the autumn and tell you what we found.",
    "The budget stays as it was; only its distribution is new.",
]
USERS = [
    ("demo@example.com", "Demo Admin", "demo", "admin", True, 1),
    ("editor@example.com", "Edda Editor", "editor", "editor", True, 2),
    ("staff@example.com", "Stan Staff", "staff", "staff", True, 3),
    ("gone@example.com", "Gone Girl", "gone", "staff", False, None),
]


def slugify(value):
    """Lower-case ASCII words joined by dashes: `Łukasz Müller` is `lukasz-muller`."""
    value = value.translate(str.maketrans("łŁøØß", "lLoOs"))
    ascii_value = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    words = "".join(char if char.isalnum() else " " for char in ascii_value.lower()).split()
    return "-".join(words)


def fill(connection):
    """Insert everything into empty tables, within the caller's transaction."""
    connection.execute(tables.departments.insert(), list(department_rows()))
    connection.execute(tables.employees.insert(), list(employee_rows()))
    connection.execute(tables.articles.insert(), list(article_rows()))
    connection.execute(tables.users.insert(), list(user_rows()))
    if connection.dialect.name == "postgresql":
        _advance_sequences(connection)


def department_rows():
    for number, (slug, name, city) in enumerate(DEPARTMENTS, start=1):
        yield {"id": number, "slug": slug, "name": name, "city": city}


def employee_rows():
    chance = random.Random(2019)
    taken = {}
    for number in range(1, EMPLOYEES + 1):
        first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
        slug = slugify(f"{first} {last}")
        taken[slug] = taken.get(slug, 0) + 1
        if taken[slug] > 1:
            slug = f"{slug}-{taken[slug]}"
        department = number % len(DEPARTMENTS) + 1
        department_slug = DEPARTMENTS[department - 1][0]
        is_head = number <= len(DEPARTMENTS)
        hired = date(2005, 1, 3) + timedelta(days=chance.randrange(7000))
        left = hired + timedelta(days=chance.randrange(200, 1500)) if chance.random() < 0.08 and not is_head else None
        reviewed = datetime(2024, 1, 1) + timedelta(
            seconds=chance.randrange(31_000_000), microseconds=chance.randrange(10**6)
        )
        created = max(EPOCH, datetime.combine(hired, EPOCH.time()))
        title = f"Head of {DEPARTMENTS[department - 1][1]}" if is_head else chance.choice(TITLES[department_slug])
        yield {
            "id": number,
            "slug": slug,
            "first_name": first,
            "last_name": last,
            "email": f"{slug.replace('-', '.')}@example.com",
            "title": title,
            "department_id": department,
            "manager_id": None if is_head else (number - 1) % len(DEPARTMENTS) + 1,
            "phone": f"+49 30 5550 {number:04d}" if chance.random() < 0.7 else None,
            "salary": Decimal(chance.randrange(280_000, 980_000)) / 100 + (2500 if is_head else 0),
            "rating": chance.randrange(20, 51) / 10 if chance.random() < 0.8 else None,
            "remote": chance.random() < 0.35,
            "skills": sorted(chance.sample(SKILLS, chance.randrange(0, 5))),
            "hired_on": hired,
            "left_on": left,
            "last_review_at": reviewed if chance.random() < 0.6 else None,
            "created_at": created,
            "updated_at": created + timedelta(days=chance.randrange(200), seconds=chance.randrange(86_400)),
        }


def article_rows():
    chance = random.Random(1925)
    for number in range(1, ARTICLES + 1):
        title = f"{chance.choice(OPENINGS)} {chance.choice(SUBJECTS)}"
        published = EPOCH + timedelta(days=9 * number, minutes=chance.randrange(480))
        paragraphs = [" ".join(chance.sample(SENTENCES, 4)) for _ in range(chance.randrange(2, 5))]
        yield {
            "id": number,
            "slug": f"{slugify(title)}-{number}",
            "title": title,
            "summary": chance.choice(SENTENCES) if chance.random() < 0.85 else None,
            "body": "\n\n".join(paragraphs),
            "category": CATEGORIES[number % len(CATEGORIES)],
            "author_id": chance.randrange(1, EMPLOYEES + 1) if chance.random() < 0.9 else None,
            "published_at": published,
            "updated_at": published + timedelta(hours=chance.randrange(72)),
        }


def user_rows():
    for number, (email, name, password, role, active, employee_id) in enumerate(USERS, start=1):
        yield {
            "id": number,
            "email": email,
            "name": name,
            "password_hash": hash_password(password),
            "role": role,
            "active": active,
            "employee_id": employee_id,
            "created_at": EPOCH,
        }


def _advance_sequences(connection):
    """Rows came with their ids; PostgreSQL's sequences have to follow."""
    for table in (tables.departments, tables.employees, tables.articles, tables.users):
        highest = connection.scalar(select(func.max(table.c.id)))
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :value)"), {"table": table.name, "value": highest}
        )
