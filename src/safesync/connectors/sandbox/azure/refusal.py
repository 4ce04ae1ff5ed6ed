"""What the organisation answers when it does not do what was asked."""

from __future__ import annotations

_NAMESPACES = {
    "ProjectDoesNotExistWithNameException": "Microsoft.TeamFoundation.Core.WebApi",
    "VssInvalidPreviewVersionException": "Microsoft.VisualStudio.Services.WebApi",
    "VssVersionOutOfRangeException": "Microsoft.VisualStudio.Services.WebApi",
    "VssVersionNotSpecifiedException": "Microsoft.VisualStudio.Services.WebApi",
    "VssRequestContentTypeNotSupportedException": "Microsoft.VisualStudio.Services.WebApi",
    "VssPropertyValidationException": "Microsoft.VisualStudio.Services.Common",
    "AccessCheckException": "Microsoft.VisualStudio.Services.Security",
}


class Refusal(Exception):  # noqa: N818 - to the client this is an answer, not an error of ours
    """An answer with an error status; ``type_key`` is what clients tell kinds apart by."""

    def __init__(self, status: int, message: str, type_key: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.type_key = type_key

    def body(self) -> dict[str, object]:
        """The shape that Azure DevOps gives its errors."""
        namespace = _NAMESPACES.get(self.type_key, "Microsoft.TeamFoundation.WorkItemTracking.Server")
        return {
            "$id": "1",
            "innerException": None,
            "message": self.message,
            "typeName": f"{namespace}.{self.type_key}, {namespace}",
            "typeKey": self.type_key,
            "errorCode": 0,
            "eventId": 3000,
        }


class NoRoute(Exception):  # noqa: N818 - as above
    """Nothing is served at this address: answered in plain text, as the real router does before any resource is asked."""


def missing_item(item_id: int) -> Refusal:
    """The same words whether an item never was, is deleted, or may not be seen: nobody learns which."""
    return Refusal(
        404,
        f"TF401232: Work item {item_id} does not exist, or you do not have permissions to read it.",
        "WorkItemUnauthorizedAccessException",
    )


def missing_project(name: str) -> Refusal:
    """No project of this name or id that the caller may see."""
    return Refusal(
        404,
        f"TF200016: The following project does not exist: {name}. Verify that the name of the project is correct and that "
        "the project exists on the specified Azure DevOps Server.",
        "ProjectDoesNotExistWithNameException",
    )


def invalid(message: str, type_key: str = "VssPropertyValidationException") -> Refusal:
    """A request that makes no sense."""
    return Refusal(400, message, type_key)


def broken_rule(field: str, reason: str) -> Refusal:
    """A field that would break a rule of its work item type."""
    return Refusal(400, f"TF401320: Rule Error for field {field}. Error code: {reason}.", "RuleValidationException")


def forbidden(right: str, path: str) -> Refusal:
    """A write that the caller has no permission for."""
    return Refusal(
        403,
        f"TF237111: The current user does not have permissions to {right} work items under the specified area path {path}.",
        "AccessCheckException",
    )
