"""What the Bot API says when it does not do what was asked.

The sentences are those of Telegram's own server (github.com/tdlib/telegram-bot-api and the
library below it, github.com/tdlib/td).
"""

from collections.abc import Mapping
from typing import Any

REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
WEBHOOK_SET = "terminated by setWebhook request"


class Refused(Exception):
    """The Bot API refuses the call."""

    def __init__(
        self, code: int, description: str, parameters: Mapping[str, Any] | None = None
    ) -> None:
        reason = REASONS.get(code, "Error")
        super().__init__(f"{reason}: {description}" if description else reason)
        self.code = code
        self.parameters = dict(parameters or {})

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": str(self)}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(description: str) -> Refused:
    return Refused(400, description)


def forbidden(description: str) -> Refused:
    return Refused(403, description)


def conflict(description: str) -> Refused:
    return Refused(409, description)


def too_many_requests(retry_after: int) -> Refused:
    return Refused(429, f"retry after {retry_after}", {"retry_after": retry_after})
