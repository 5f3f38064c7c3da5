"""The Flask extensions, created unbound and initialised by the application factory."""

from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from legacy.tables import metadata

db = SQLAlchemy(metadata=metadata)
login_manager = LoginManager()
jwt = JWTManager()
csrf = CSRFProtect()
cors = CORS()

login_manager.login_view = "accounts.login"
login_manager.login_message = "Please log in to see this page."
login_manager.login_message_category = "info"
login_manager.refresh_view = "accounts.login"
login_manager.needs_refresh_message = "Please log in again to see this page."
login_manager.needs_refresh_message_category = "info"
