"""The table of verbs. A new verb is one use case and one line here; CLI and API find it by this line."""

from __future__ import annotations

from typing import Any

from pratique.services.accounts import accounts, admin_link, administrators, freeze, tokens
from pratique.services.advisories.import_advisories import Imported
from pratique.services.governing import (
    list_entries,
    list_events,
    list_waivers,
    rule_settings,
)
from pratique.services.governing.explain import Explained, Explanation
from pratique.services.governing.exposure import Exposure
from pratique.services.governing.revoke import Revoked, Unrevoked
from pratique.services.governing.waive import Waived
from pratique.services.installing import check_lockfile as lockfiles
from pratique.services.installing import scan_release as scanning
from pratique.services.names import (
    check_name,
    disputes,
    import_names,
    known_names,
    missing_names,
    name_exceptions,
    name_feeds,
    name_reviews,
    own_names,
    placeholders,
    reservations,
    reserve_names,
)
from pratique.services.publishing import deprecate as deprecating
from pratique.services.publishing import membership, project_status, publish_proof
from pratique.services.publishing import unpublish as unpublishing
from pratique.services.publishing import yank as yanking
from pratique.services.reviewing import case_times, cases_shown, decide_case, report_release, reporters
from pratique.services.scanning import rescan as rescanning
from pratique.services.scanning import show_scanner
from pratique.services.upkeep import show_storage
from pratique.services.verbs import advisories, releases
from pratique.services.verbs.verb import Verb, silent

ADMIN_LINK = Verb("admin link", admin_link.MakeAdminLink, admin_link.AdminLink, silent(admin_link.make_admin_link))

USER_ADD = Verb("user add", accounts.AddUser, accounts.UserShown, silent(accounts.add_user))
USER_LIST = Verb("user list", accounts.ListUsers, accounts.Users, silent(accounts.list_users), reading=True)
USER_DISABLE = Verb("user disable", accounts.DisableUser, accounts.UserShown, silent(accounts.disable_user))
USER_ENABLE = Verb("user enable", accounts.EnableUser, accounts.UserShown, silent(accounts.enable_user))
USER_PROMOTE = Verb("user promote", administrators.PromoteUser, accounts.UserShown, silent(administrators.promote_user))
USER_DEMOTE = Verb("user demote", administrators.DemoteUser, accounts.UserShown, silent(administrators.demote_user))
USER_FREEZE = Verb("user freeze", freeze.FreezeUser, accounts.UserShown, silent(freeze.freeze_user))
USER_UNFREEZE = Verb("user unfreeze", freeze.UnfreezeUser, accounts.UserShown, silent(freeze.unfreeze_user))
USER_PASSWORD = Verb("user password", accounts.SetPassword, accounts.UserShown, silent(accounts.set_password))

TOKEN_CREATE = Verb("token create", tokens.CreateToken, tokens.TokenCreated, silent(tokens.create_token))
TOKEN_LIST = Verb("token list", tokens.ListTokens, tokens.Tokens, silent(tokens.list_tokens), reading=True)
TOKEN_REVOKE = Verb("token revoke", tokens.RevokeToken, tokens.TokenShown, silent(tokens.revoke_token))

PROJECT_SHOW = Verb(
    "project show", membership.ShowProject, membership.ProjectShown, silent(membership.show_project), reading=True
)
PROJECT_VISIBILITY = Verb(
    "project visibility", membership.SetVisibility, membership.ProjectShown, silent(membership.set_visibility)
)
PROJECT_STATUS = Verb(
    "project status", project_status.SetStatus, project_status.StatusSet, silent(project_status.set_status)
)
PROJECT_MEMBER = Verb("project member", membership.SetMember, membership.ProjectShown, silent(membership.set_member))
PROJECT_PROOF = Verb(
    "project proof",
    publish_proof.SetPublishProof,
    publish_proof.PublishProofShown,
    silent(publish_proof.set_publish_proof),
)

RESERVE = Verb("reserve", reservations.Reserve, reservations.ReservationShown, silent(reservations.reserve))
UNRESERVE = Verb("unreserve", reservations.Unreserve, reservations.ReservationShown, silent(reservations.unreserve))
RESERVATIONS = Verb(
    "reservations",
    reservations.ListReservations,
    reservations.Reservations,
    silent(reservations.list_reservations),
    reading=True,
)

NAMES_MISSING = Verb(
    "names missing",
    missing_names.ListMissingNames,
    missing_names.MissingNames,
    silent(missing_names.list_missing_names),
    reading=True,
)

NAMES_RESERVE = Verb(
    "names reserve", reserve_names.ReserveNames, reserve_names.NamesReserved, silent(reserve_names.reserve_names)
)
NAMES_FEEDS = Verb(
    "names feeds", name_feeds.ShowNameFeeds, name_feeds.NameFeeds, silent(name_feeds.show_name_feeds), reading=True
)
NAMES_IMPORT_FEEDS = Verb(
    "names import-feeds", name_feeds.ImportNameFeeds, name_feeds.NameFeeds, silent(name_feeds.import_name_feeds)
)
DISPUTE_OPEN = Verb("names dispute open", disputes.OpenDispute, disputes.DisputeShown, silent(disputes.open_dispute))
DISPUTE_LIST = Verb(
    "names dispute list", disputes.ListDisputes, disputes.Disputes, silent(disputes.list_disputes), reading=True
)
DISPUTE_CLOSE = Verb(
    "names dispute close", disputes.CloseDispute, disputes.DisputeShown, silent(disputes.close_dispute)
)
NAMES_PLACEHOLDERS = Verb(
    "names placeholders",
    placeholders.ListPlaceholders,
    placeholders.Placeholders,
    silent(placeholders.list_placeholders),
    reading=True,
)
NAMES_KNOWN = Verb(
    "names known",
    known_names.LookUpNames,
    known_names.NamesKnown,
    silent(known_names.look_up_names),
    reading=True,
    posted=True,
    max_body=known_names.MAX_REQUEST,
)

OWN_NAMES = Verb(
    "own-names", own_names.ListOwnNames, own_names.OwnNames, silent(own_names.list_own_names), reading=True
)

NAMES_CHECK = Verb(
    "names check",
    check_name.CheckName,
    check_name.NameChecked,
    silent(check_name.check_name),
    reading=True,
    costs="name_checks",
)
NAMES_CHECK_MANY = Verb(
    "names check-many",
    check_name.CheckNames,
    check_name.NamesChecked,
    silent(check_name.check_names),
    reading=True,
    posted=True,
    costs="name_checks",
    counted="names",
)
NAMES_IMPORT = Verb("names import", import_names.ImportNames, import_names.NamesImported, import_names.import_names)
NAMES_EXCEPT = Verb(
    "names except", name_exceptions.ExceptName, name_exceptions.ExceptionShown, silent(name_exceptions.except_name)
)
NAMES_UNEXCEPT = Verb(
    "names unexcept", name_exceptions.UnexceptName, name_exceptions.Exceptions, silent(name_exceptions.unexcept_name)
)
NAMES_EXCEPTIONS = Verb(
    "names exceptions",
    name_exceptions.ListExceptions,
    name_exceptions.Exceptions,
    silent(name_exceptions.list_exceptions),
    reading=True,
)

REVIEW_LIST = Verb(
    "review list", cases_shown.ListQueue, cases_shown.Queue, silent(cases_shown.list_queue), reading=True
)
REVIEW_SHOW = Verb(
    "review show", cases_shown.ShowCase, cases_shown.CaseDetail, silent(cases_shown.show_case), reading=True
)
REVIEW_CLEAR = Verb("review clear", decide_case.DecideCase, decide_case.CaseDecided, silent(decide_case.clear_case))
REVIEW_CONFIRM = Verb(
    "review confirm", decide_case.DecideCase, decide_case.CaseDecided, silent(decide_case.confirm_case)
)
REVIEW_TIMES = Verb("review times", case_times.ShowTimes, case_times.Times, silent(case_times.show_times), reading=True)
REPORTS = Verb(
    "reports",
    report_release.Report,
    report_release.ReportTaken,
    silent(report_release.report_release),
    costs="reports",
)
APPEAL = Verb(
    "appeal", report_release.Appeal, report_release.ReportTaken, silent(report_release.appeal), costs="reports"
)
REPORTERS_LIST = Verb(
    "reporters list",
    reporters.ListReporters,
    reporters.Reporters,
    silent(reporters.list_reporters),
    reading=True,
)
REPORTERS_TRUST = Verb(
    "reporters trust", reporters.TrustReporter, reporters.ReporterShown, silent(reporters.trust_reporter)
)
REVIEW_APPROVE = Verb(
    "review approve", name_reviews.DecideReview, name_reviews.ReviewShown, silent(name_reviews.approve_name)
)
REVIEW_REFUSE = Verb(
    "review refuse", name_reviews.DecideReview, name_reviews.ReviewShown, silent(name_reviews.refuse_name)
)

LIST_ADD = Verb("list add", list_entries.AddEntry, list_entries.EntryShown, silent(list_entries.add_entry))
LIST_REMOVE = Verb("list remove", list_entries.RemoveEntries, list_entries.Entries, silent(list_entries.remove_entries))
LIST_SHOW = Verb(
    "list show", list_entries.ListEntries, list_entries.Entries, silent(list_entries.list_entries), reading=True
)

APPROVE = Verb("approve", releases.Approve, Waived, silent(releases.approve))
WAIVE = Verb("waive", releases.Waive, Waived, silent(releases.waive))
CONFIRM = Verb("confirm", releases.ConfirmWaiver, Waived, silent(releases.confirm))
WITHDRAW = Verb("withdraw", releases.WithdrawWaiver, releases.Withdrawn, silent(releases.withdraw))
WAIVERS = Verb(
    "waivers", list_waivers.ListWaivers, list_waivers.Waivers, silent(list_waivers.list_waivers), reading=True
)
YANK = Verb("yank", yanking.Yank, yanking.Yanked, silent(yanking.yank))
UNYANK = Verb("unyank", yanking.Unyank, yanking.Yanked, silent(yanking.unyank))
DEPRECATE = Verb("deprecate", deprecating.Deprecate, deprecating.Deprecated, silent(deprecating.deprecate))
UNPUBLISH = Verb("unpublish", unpublishing.Unpublish, unpublishing.Unpublished, silent(unpublishing.unpublish))
REVOKE = Verb("revoke", releases.Revoke, Revoked, silent(releases.revoke))
UNREVOKE = Verb("unrevoke", releases.Unrevoke, Unrevoked, silent(releases.unrevoke))

EXPLAIN = Verb("explain", releases.Explain, Explained, silent(releases.explain), reading=True)
DECISION = Verb("decision", releases.ShowDecision, Explanation, silent(releases.show_decision), reading=True)
CHECK = Verb(
    "check",
    lockfiles.CheckLockfile,
    lockfiles.LockfileChecked,
    silent(lockfiles.check_lockfile),
    reading=True,
    posted=True,
    max_body=lockfiles.MAX_REQUEST,
)
EXPOSURE = Verb("exposure", releases.ShowExposure, Exposure, silent(releases.show_exposure), reading=True)

EVENTS = Verb("events", list_events.ListEvents, list_events.Events, silent(list_events.list_events), reading=True)

STORAGE = Verb(
    "storage", show_storage.ShowStorage, show_storage.Storage, silent(show_storage.show_storage), reading=True
)

SCAN = Verb("scan", scanning.ScanRelease, scanning.ReleaseScanned, silent(scanning.scan_release))
RESCAN = Verb("rescan", rescanning.Rescan, rescanning.RescanBegun, silent(rescanning.rescan))
SCANNER = Verb(
    "scanner", show_scanner.ShowScanner, show_scanner.ScannerShown, silent(show_scanner.show_scanner), reading=True
)

ADVISORIES_IMPORT = Verb("advisories import", advisories.ImportAdvisories, Imported, advisories.import_advisories)
ADVISORIES_STATUS = Verb(
    "advisories status",
    advisories.ShowAdvisories,
    advisories.AdvisoryStatus,
    silent(advisories.show_advisories),
    reading=True,
)

POLICY_SHOW = Verb(
    "policy show", rule_settings.ShowPolicy, rule_settings.PolicyShown, silent(rule_settings.show_policy), reading=True
)
POLICY_SET = Verb("policy set", rule_settings.SetRule, rule_settings.RuleShown, silent(rule_settings.set_rule))

VERBS: tuple[Verb[Any, Any], ...] = (
    ADMIN_LINK,
    USER_ADD,
    USER_LIST,
    USER_DISABLE,
    USER_ENABLE,
    USER_PROMOTE,
    USER_DEMOTE,
    USER_FREEZE,
    USER_UNFREEZE,
    USER_PASSWORD,
    TOKEN_CREATE,
    TOKEN_LIST,
    TOKEN_REVOKE,
    PROJECT_SHOW,
    PROJECT_VISIBILITY,
    PROJECT_MEMBER,
    PROJECT_STATUS,
    PROJECT_PROOF,
    RESERVE,
    UNRESERVE,
    RESERVATIONS,
    OWN_NAMES,
    NAMES_CHECK,
    NAMES_CHECK_MANY,
    NAMES_IMPORT,
    NAMES_EXCEPT,
    NAMES_UNEXCEPT,
    NAMES_EXCEPTIONS,
    REVIEW_LIST,
    REVIEW_SHOW,
    REVIEW_CLEAR,
    REVIEW_CONFIRM,
    REVIEW_TIMES,
    REPORTS,
    APPEAL,
    REPORTERS_LIST,
    REPORTERS_TRUST,
    REVIEW_APPROVE,
    REVIEW_REFUSE,
    NAMES_MISSING,
    NAMES_RESERVE,
    NAMES_KNOWN,
    NAMES_FEEDS,
    NAMES_IMPORT_FEEDS,
    DISPUTE_OPEN,
    DISPUTE_LIST,
    DISPUTE_CLOSE,
    NAMES_PLACEHOLDERS,
    LIST_ADD,
    LIST_REMOVE,
    LIST_SHOW,
    APPROVE,
    WAIVE,
    CONFIRM,
    WITHDRAW,
    WAIVERS,
    YANK,
    UNYANK,
    DEPRECATE,
    UNPUBLISH,
    REVOKE,
    UNREVOKE,
    EXPLAIN,
    DECISION,
    CHECK,
    EXPOSURE,
    EVENTS,
    STORAGE,
    SCAN,
    RESCAN,
    SCANNER,
    ADVISORIES_IMPORT,
    ADVISORIES_STATUS,
    POLICY_SHOW,
    POLICY_SET,
)
"""All verbs, in the order in which help shows them."""
