"""A changed document in the database: an upstream's files are noted, and nothing in a project of ours."""

from pratique.core.artifacts import FileView, ProjectView
from pratique.core.clock import HOUR, Instant
from pratique.services.installing.watch_documents import DocumentChange, record_change
from pratique.store import files, projects
from tests.stores.implementations import NOW
from tests.unit.store.conftest import c, database, empty_sqlite, left, main, project, upstream, url

__all__ = ["c", "database", "empty_sqlite", "left", "main", "project", "upstream", "url"]


def document(key, *versions):
    return ProjectView(key, tuple(FileView(f"left-{one}.tgz", one, published=NOW) for one in versions), raw={"name": 1})


def test_a_late_file_of_an_upstreams_project_is_noted(c, main, left, upstream):
    record_change(c, upstream, DocumentChange(None, document(left, "1.0.0"), None, "left"), NOW)
    change = DocumentChange(document(left, "1.0.0"), document(left, "1.0.0", "1.0.1"), Instant(NOW + HOUR), "left")

    record_change(c, upstream, change, Instant(NOW + 2 * HOUR))

    noted = files.of_project(c, projects.find(c, main.id, left).id)
    assert [(one.filename, one.first_seen) for one in noted.values()] == [("left-1.0.1.tgz", NOW + 2 * HOUR)]


def test_what_an_upstream_lists_under_a_name_of_ours_is_not_noted_among_our_files(c, left, project, upstream):
    change = DocumentChange(document(left), document(left, "1.0.0"), NOW, "left")

    record_change(c, upstream, change, NOW)

    assert files.of_project(c, project.id) == {}
