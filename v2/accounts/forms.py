"""The forms of the accounts."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired, Length

from v2.pages.forms import PageForm


class LoginForm(PageForm):
    email = StringField("E-mail", validators=[DataRequired(), Length(max=160)])
    password = PasswordField("Password", validators=[DataRequired()])
    remember = BooleanField("Keep me logged in")
    submit = SubmitField("Log in")


class AccountForm(PageForm):
    name = StringField("Display name", validators=[DataRequired(), Length(max=120)])
    submit = SubmitField("Save")
