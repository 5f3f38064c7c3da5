from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired, Length


class LoginForm(FlaskForm):
    email = StringField("E-mail", validators=[DataRequired(), Length(max=160)])
    password = PasswordField("Password", validators=[DataRequired()])
    remember = BooleanField("Keep me logged in")
    submit = SubmitField("Log in")


class AccountForm(FlaskForm):
    name = StringField("Display name", validators=[DataRequired(), Length(max=120)])
    submit = SubmitField("Save")


class LogoutForm(FlaskForm):
    submit = SubmitField("Log out")
