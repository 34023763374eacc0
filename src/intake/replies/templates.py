"""The texts of the mails: files that people outside the code write, checked when they are loaded.

A template is a folder with ``subject.txt`` (the phrase; the frame adds the agency and the case number) and
``body.txt`` over ``_base/body.txt``. Jinja's sandbox renders them; values are never templates (reliability.md A12).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, TemplateSyntaxError, UndefinedError, meta
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from intake.errors import TemplateError
from intake.replies.contexts import Frame, variable_names
from intake.replies.wording import FILTERS, never_blank

BASE = "_base"
FOLDER = "replies"
FILES = ("subject.txt", "body.txt")
_FRAME = frozenset(f.name for f in fields(Frame))
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MANY_BLANK_LINES = re.compile(r"\n{3,}")
_FAILURES = (
    UndefinedError, SecurityError, TemplateRuntimeError, TemplateNotFound,
    TypeError, ValueError, AttributeError, ArithmeticError, LookupError,
)  # fmt: skip


class TemplateBook:
    """All templates of an installation. Made by ``load_templates``; never changes."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """``files``: ``name/subject.txt`` and so on. Raises TemplateError for a syntax error or a missing file."""
        self._files = dict(files)
        self._env = ImmutableSandboxedEnvironment(
            loader=DictLoader(self._files),
            undefined=StrictUndefined,
            autoescape=False,  # plain text
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=never_blank,
        )
        self._env.globals.clear()  # no range, no namespace: a template writes what it is given
        self._env.filters.update(FILTERS)
        self._names = tuple(sorted({path.split("/")[0] for path in files} - {BASE}))
        self._check_files()
        self._env.globals["parts"] = self._template(f"{BASE}/parts.txt").module
        self._bodies = {name: self._template(f"{name}/body.txt") for name in self._names}
        self._phrases = {name: self._template(f"{name}/subject.txt") for name in self._names}
        self._subject = self._template(f"{BASE}/subject.txt")
        self._versions = {name: self._hash(name) for name in self._names}

    def names(self) -> tuple[str, ...]:
        """Every template, in order."""
        return self._names

    def version(self, name: str) -> str:
        """Hash of the files that make this mail, its frame included; kept with each mail that was sent."""
        self._must_exist(name)
        return self._versions[name]

    def source(self, name: str) -> Mapping[str, str]:
        """The files of a template as written, by file name."""
        self._must_exist(name)
        return {file: self._files[f"{name}/{file}"] for file in FILES}

    def files_of(self, names: Iterable[str]) -> Mapping[str, str]:
        """Every file that a mail of these templates is made of, the frame included, by its path."""
        wanted = {BASE, *names}
        return {path: text for path, text in sorted(self._files.items()) if path.split("/")[0] in wanted}

    def phrase(self, name: str, variables: Mapping[str, Any]) -> str:
        """What the mail is about, in the words of its subject. Raises TemplateError."""
        self._must_exist(name)
        return self._run(name, lambda: self._phrases[name].render(variables)).strip()

    def subject(self, name: str, variables: Mapping[str, Any], frame: Mapping[str, Any]) -> str:
        """The whole subject line. Raises TemplateError."""
        phrase = self.phrase(name, variables)
        return self._run(name, lambda: self._subject.render({**frame, "phrase": phrase})).strip()

    def body(self, name: str, variables: Mapping[str, Any], frame: Mapping[str, Any]) -> str:
        """The whole text. Raises TemplateError where a value is missing."""
        self._must_exist(name)
        return _tidy(self._run(name, lambda: self._bodies[name].render({**frame, **variables})))

    def main(self, name: str, variables: Mapping[str, Any], frame: Mapping[str, Any]) -> str:
        """The text without greeting and signature: a section of a mail that answers several requests."""
        self._must_exist(name)
        template = self._bodies[name]

        def render() -> str:
            return "".join(template.blocks["main"](template.new_context({**frame, **variables})))

        return _tidy(self._run(name, render))

    def undeclared(self, name: str) -> frozenset[str]:
        """The variables that a template's own files use, beside those of the frame."""
        used: set[str] = set()
        for file in FILES:
            used |= meta.find_undeclared_variables(self._env.parse(self._files[f"{name}/{file}"]))
        return frozenset(used - {"parts"})

    def preview(self, name: str) -> tuple[str, str]:
        """Subject and text with an invented case."""
        from intake.replies.examples import preview  # examples are made of parts, which this module need not know

        return preview(self, name)

    def check(self) -> None:
        """Every variable is documented, every example renders, and what a mail is for stands in it: its words, its link
        or key, who writes. Raises TemplateError, which names the template."""
        from intake.replies.examples import left_out

        for name in self._names:
            if "main" not in self._bodies[name].blocks:
                raise TemplateError(
                    f"templates/replies/{name}/body.txt: has no block main; begin with "
                    '{% extends "_base/body.txt" %} and write between {% block main %} and {% endblock %}'
                )
        for name in self._names:
            unknown = self.undeclared(name) - variable_names(name) - _FRAME
            if unknown:
                raise TemplateError(f"templates/replies/{name}: unknown variable {', '.join(sorted(unknown))}")
            text = self.preview(name)[1]
            if missing := left_out(name, text):
                raise TemplateError(f"templates/replies/{name}/body.txt: {missing} is not written anywhere")

    def _check_files(self) -> None:
        wanted = [f"{BASE}/{file}" for file in (*FILES, "parts.txt")]
        wanted += [f"{name}/{file}" for name in self._names for file in FILES]
        for path in wanted:
            if path not in self._files:
                raise TemplateError(f"templates/replies/{path} is missing")

    def _must_exist(self, name: str) -> None:
        if name not in self._versions:
            raise TemplateError(f"templates/replies/{name} is missing")

    def _template(self, path: str) -> Template:
        try:
            return self._env.get_template(path)
        except TemplateSyntaxError as e:
            raise TemplateError(f"templates/replies/{e.name or path}: line {e.lineno}: {e.message}") from e
        except _FAILURES as e:
            raise TemplateError(f"templates/replies/{path}: {e}") from e

    def _run(self, name: str, render: Any) -> str:
        try:
            return str(render())
        except TemplateSyntaxError as e:
            raise TemplateError(f"templates/replies/{e.name or name}: line {e.lineno}: {e.message}") from e
        except (*_FAILURES, TemplateError) as e:
            raise TemplateError(f"templates/replies/{name}: {e}") from e

    def _hash(self, name: str) -> str:
        digest = hashlib.sha256()
        for path in sorted(self._files):
            if path.split("/")[0] in (BASE, name):
                digest.update(f"{path}\n{self._files[path]}\0".encode())
        return digest.hexdigest()[:12]


def load_templates(dirs: Sequence[Path]) -> TemplateBook:
    """Read ``replies/*/*.txt`` below each folder of ``dirs`` (shipped ``templates/`` first, HOME/templates last).

    A file in a later folder takes the place of the same file in an earlier one; folders that do not exist are passed
    over. Raises TemplateError, which names the file, for anything that could fail when a mail is written.
    """
    files: dict[str, str] = {}
    for folder in dirs:
        for path in sorted((folder / FOLDER).glob("*/*.txt")):
            files[f"{_checked(path)}/{path.name}"] = _read(path)
    book = TemplateBook(files)
    book.check()
    return book


def _checked(path: Path) -> str:
    name = path.parent.name
    if name != BASE and not _NAME.fullmatch(name):
        raise TemplateError(f"{path.parent}: a template's name is made of a–z, 0–9 and _")
    return name


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise TemplateError(f"{path}: cannot be read as UTF-8 text") from e


def _tidy(text: str) -> str:
    """No blanks at line ends, no more than one empty line: what conditions leave behind."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _MANY_BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n"
