"""What the staff pages say in English."""

from __future__ import annotations

ENGLISH = {
    "サインイン": "Sign in",
    "サインアウト": "Sign out",
}
