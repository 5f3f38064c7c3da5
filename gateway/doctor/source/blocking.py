"""What blocks the event loop, by symbol: network, databases, processes, files, work for the processor. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.doctor.source.names import canonical

CALL, FILE, CPU = "async.blocking-call", "async.blocking-file", "async.cpu"


@dataclass(frozen=True, slots=True)
class Family:
    """Symbols that block. `roots` are whole symbols, or instances whose methods `methods` block (none: all do)."""

    check: str
    instead: str
    roots: frozenset[str] = frozenset()
    instances: tuple[str, ...] = ()
    methods: frozenset[str] = frozenset()
    harmless: frozenset[str] = frozenset()

    def has(self, symbol: str) -> bool:
        """Whether the symbol is one of them."""
        if symbol in self.roots:
            return True
        method = symbol.rpartition(".")[2]
        if method in self.harmless or (self.methods and method not in self.methods):
            return False
        return any(symbol.startswith(f"{instance}.") for instance in self.instances)


_HTTP = ("get", "post", "put", "patch", "delete", "head", "options", "request", "stream")
_QUERY = frozenset({
    "all", "begin", "bulk_insert_mappings", "bulk_save_objects", "commit", "connect", "count", "delete", "exec",
    "execute", "executemany", "fetchall", "fetchmany", "fetchone", "first", "first_or_404", "flush", "get", "get_one",
    "get_or_404", "merge", "mappings", "one", "one_or_404", "one_or_none", "paginate", "refresh", "rollback", "scalar",
    "scalar_one", "scalar_one_or_none", "scalars", "update",
})  # fmt: skip


def _of(module: str, names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{module}.{name}" for name in names)


FAMILIES: tuple[Family, ...] = (
    Family(CALL, "await asyncio.sleep(...)", frozenset({"time.sleep"})),
    Family(
        CALL,
        "httpx.AsyncClient",
        _of("requests", _HTTP)
        | _of("httpx", _HTTP)
        | _of("urllib.request", ("urlopen", "urlretrieve"))
        | frozenset({"urllib3.request"}),
        ("requests.Session()", "httpx.Client()", "urllib3.PoolManager()", "http.client.HTTPConnection()",
         "http.client.HTTPSConnection()"),
        frozenset({*_HTTP, "send", "urlopen", "getresponse", "connect"}),
    ),
    Family(
        CALL,
        "sqlalchemy.ext.asyncio",
        instances=(
            "sqlalchemy.orm.Session()", "sqlalchemy.orm.sessionmaker()()", "sqlalchemy.orm.scoped_session()",
            "sqlalchemy.create_engine()", "sqlalchemy.Engine()", "sqlalchemy.Connection()",
            "flask_sqlalchemy.SQLAlchemy()",
        ),
        methods=_QUERY,
    ),
    Family(
        CALL,
        "its asynchronous driver (asyncpg, psycopg's AsyncConnection, aiosqlite, aiomysql)",
        frozenset({
            "sqlite3.connect", "psycopg.connect", "psycopg2.connect", "pymysql.connect", "MySQLdb.connect",
            "mysql.connector.connect", "pyodbc.connect", "oracledb.connect", "cx_Oracle.connect",
        }),
        ("sqlite3.connect()", "sqlite3.Connection()", "sqlite3.Cursor()", "psycopg.connect()", "psycopg.Connection()",
         "psycopg.Cursor()", "psycopg2.connect()", "psycopg2.extensions.connection()", "pymysql.connect()",
         "MySQLdb.connect()", "mysql.connector.connect()", "pyodbc.connect()"),
        frozenset({"execute", "executemany", "executescript", "fetchone", "fetchall", "fetchmany", "commit",
                   "rollback", "callproc", "copy"}),
    ),
    Family(
        CALL,
        "its asynchronous client (redis.asyncio, motor, aioboto3, aiosmtplib)",
        frozenset({"socket.create_connection", "socket.getaddrinfo", "socket.gethostbyname"}),
        ("redis.Redis()", "redis.cluster.RedisCluster()", "pymongo.MongoClient()", "boto3.client()",
         "boto3.resource()", "boto3.session.Session()", "smtplib.SMTP()", "smtplib.SMTP_SSL()", "ftplib.FTP()",
         "pymemcache.Client()", "pymemcache.client.base.Client()", "elasticsearch.Elasticsearch()",
         "kafka.KafkaProducer()", "pika.BlockingConnection()", "ldap3.Connection()", "socket.socket()"),
        harmless=frozenset({"pipeline", "close", "get_database", "get_collection", "setblocking", "settimeout",
                            "register_script", "fileno", "client", "meta"}),
    ),
    Family(
        CALL,
        "asyncio.create_subprocess_exec",
        _of("subprocess", ("run", "call", "check_call", "check_output", "getoutput", "getstatusoutput"))
        | _of("os", ("system", "popen", "wait", "waitpid")),
        ("subprocess.Popen()",),
        frozenset({"wait", "communicate"}),
    ),
    Family(
        CALL,
        "asyncio's own locks, queues and tasks",
        frozenset({"concurrent.futures.wait", "asyncio.run", "builtins.input"}),
        ("threading.Thread()", "threading.Lock()", "threading.RLock()", "threading.Event()", "threading.Semaphore()",
         "threading.Condition()", "threading.Barrier()", "queue.Queue()", "queue.SimpleQueue()",
         "multiprocessing.Process()", "multiprocessing.Queue()", "concurrent.futures.Future()",
         "concurrent.futures.ThreadPoolExecutor().submit()", "concurrent.futures.ProcessPoolExecutor().submit()"),
        frozenset({"join", "wait", "acquire", "get", "put", "result"}),
    ),
    Family(
        FILE,
        "await run_in_threadpool(...)",
        frozenset({"shutil.copy", "shutil.copyfile", "shutil.copyfileobj", "shutil.copytree", "shutil.move",
                   "shutil.rmtree", "shutil.make_archive"}),
        ("builtins.open()", "pathlib.Path()", "gzip.open()", "bz2.open()", "lzma.open()", "zipfile.ZipFile()",
         "tarfile.open()"),
        frozenset({"read", "readline", "readlines", "readinto", "write", "writelines", "read_text", "read_bytes",
                   "write_text", "write_bytes", "rglob", "extractall", "extract"}),
    ),
    Family(
        CPU,
        "await run_in_threadpool(...)",
        _of("bcrypt", ("hashpw", "checkpw", "kdf"))
        | _of("hashlib", ("pbkdf2_hmac", "scrypt"))
        | _of("werkzeug.security", ("generate_password_hash", "check_password_hash"))
        | _of("pandas", ("read_csv", "read_excel", "read_json", "read_sql", "read_parquet", "concat", "merge"))
        | _of("gzip", ("compress", "decompress"))
        | _of("lzma", ("compress", "decompress"))
        | _of("bz2", ("compress", "decompress"))
        | frozenset({"flask_bcrypt.generate_password_hash", "flask_bcrypt.check_password_hash", "PIL.Image.open"}),
        ("argon2.PasswordHasher()", "passlib.context.CryptContext()", "passlib.hash.bcrypt", "passlib.hash.argon2",
         "passlib.hash.pbkdf2_sha256", "flask_bcrypt.Bcrypt()", "pandas.read_csv()", "pandas.DataFrame()",
         "PIL.Image.open()", "cryptography.hazmat.primitives.kdf.pbkdf2.PBKDF2HMAC()",
         "cryptography.hazmat.primitives.kdf.scrypt.Scrypt()", "openpyxl.load_workbook()", "zxcvbn.zxcvbn"),
        frozenset({"hash", "verify", "derive", "generate_password_hash", "check_password_hash", "to_csv", "to_excel",
                   "merge", "groupby", "resize", "save", "thumbnail", "convert"}),
    ),
)  # fmt: skip


def blocking(symbol: str) -> Family | None:
    """The family of what blocks that a called symbol belongs to; None for what does not block, as far as is known."""
    known = canonical(symbol)
    return next((family for family in FAMILIES if family.has(known)), None)
