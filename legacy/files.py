"""Uploads and downloads."""

import hashlib
import mimetypes
import os
import uuid
from pathlib import Path

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    send_from_directory,
    url_for,
)
from flask_login import current_user, login_required
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.utils import secure_filename
from wtforms import SubmitField

from legacy.access import api_key_required
from legacy.clock import utcnow
from legacy.extensions import db
from legacy.models import Document

bp = Blueprint("files", __name__)  # for people: session and CSRF token
api = Blueprint("api_files", __name__, url_prefix="/api/files")  # for programs: API key

NAMESPACE = uuid.UUID("5b8f6d0a-6a35-4b6c-9c3f-2f7f0a1c2019")
ALLOWED_SUFFIXES = {".csv", ".jpeg", ".jpg", ".json", ".md", ".pdf", ".png", ".txt"}
CHUNK = 64 * 1024
LARGEST_STREAM = 1 << 40


class UploadForm(FlaskForm):
    file = FileField("File")
    submit = SubmitField("Upload")


@bp.route("/files/", methods=["GET", "POST"])
@login_required
def index():
    form = UploadForm()
    if form.validate_on_submit():
        upload = request.files.get("file")
        if not upload or not upload.filename:
            flash("Choose a file first.", "error")
        elif not _is_allowed(upload.filename):
            flash("Files of this kind are not allowed.", "error")
        else:
            document = store(upload, upload.filename, current_user.email)
            flash(f"{document.name} is stored.", "success")
        return redirect(url_for("files.index"))
    documents = db.session.scalars(db.select(Document).order_by(Document.name, Document.id)).all()
    return render_template("files.html", form=form, documents=documents)


@bp.get("/files/<uuid:id>")
def download(id):
    document = _document(id)
    return send_file(
        _path(document.id),
        mimetype=document.content_type,
        as_attachment="inline" not in request.args,
        download_name=document.name,
        etag=document.sha256,
        last_modified=document.uploaded_at,
        max_age=0,
    )


@bp.get("/downloads/<path:name>")
def public(name):
    return send_from_directory(os.path.join(current_app.root_path, "downloads"), name, as_attachment=True)


@api.post("")
@api_key_required
def upload():
    """Store a file."""
    received = request.files.get("file")
    if received is None or not received.filename:
        abort(400, "Send a file in the multipart field 'file'.")
    if not _is_allowed(received.filename):
        abort(415, f"Allowed are {', '.join(sorted(ALLOWED_SUFFIXES))}.")
    document = store(received, request.form.get("name") or received.filename, "api-key")
    response = jsonify(document.as_json())
    response.headers["Location"] = url_for("api_files.show", id=document.id)
    return response, 201


@api.get("/<uuid:id>")
def show(id):
    """Describe a file."""
    return _document(id).as_json()


@api.delete("/<uuid:id>")
@api_key_required
def remove(id):
    """Remove a file."""
    document = _document(id)
    db.session.delete(document)
    db.session.commit()
    _path(document.id).unlink(missing_ok=True)
    return "", 204


@api.post("/checksum")
def checksum():
    """Compute the SHA-256 of a body, which is read as a stream and may be of any length."""
    request.max_content_length = LARGEST_STREAM  # None would mean the configured limit
    digest, size = hashlib.sha256(), 0
    while chunk := request.stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return {"size": size, "sha256": digest.hexdigest()}


def store(upload, name, uploaded_by):
    """Keep an uploaded file. The same name and content again is the same document."""
    name = secure_filename(name) or "unnamed"
    content = upload.read()
    digest = hashlib.sha256(content).hexdigest()
    number = uuid.uuid5(NAMESPACE, f"{name}\n{digest}")
    path = _path(number)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{uuid.uuid4().hex}.part")
    partial.write_bytes(content)
    os.replace(partial, path)
    document = db.session.get(Document, number)
    if document is None:
        document = Document(id=number, name=name, size=len(content), sha256=digest)
        document.content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        document.uploaded_by = uploaded_by
        document.uploaded_at = utcnow()
        db.session.add(document)
        db.session.commit()
    return document


def _document(number):
    return db.get_or_404(Document, number, description=f"There is no file {number}.")


def _path(number):
    return Path(current_app.config["UPLOAD_FOLDER"]) / str(number)


def _is_allowed(name):
    return Path(name).suffix.lower() in ALLOWED_SUFFIXES
