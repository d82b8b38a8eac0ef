"""``/desk sources``: what answers rest on, as admins see and change it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot import sources
from bot.settings import DEMO
from core import sources_wording, wording
from core.ids import Platform, WorkspaceKey
from core.workspace import Pages
from tests.conftest import OpenOffice
from tests.fakes.documents import Line, pdf
from tests.fakes.reading import shown
from tests.fakes.site import Site
from tests.scenarios.office import Office

TEA = "Where is the tea kept?"
IN_PROCESS = pytest.mark.only_in_process("a command says the same on every platform")


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    site = await Site().start()
    yield site
    await site.stop()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading is waited for to its end, however busy this machine is."""
    monkeypatch.setattr(sources, "ANSWER_SECONDS", 30.0)


def reads(office: Office, site: Site) -> None:
    """Let the product's web pages come from a site on loopback."""
    office.product.librarian._catalogue._fetcher = site.fetcher()  # type: ignore[attr-defined]


async def test_an_admin_sees_the_sources_and_has_them_read(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    """The same words on every platform; a document added meanwhile is found at once."""
    folder = Path(shutil.copytree(DEMO / "articles", tmp_path / "help"))
    office = await open_office(None, folder)
    alex, sam = office.person("alex"), office.person("sam")
    (folder / "tea.pdf").write_bytes(pdf([Line("Tea", 20), Line("The tea is kept on floor 4.")]))
    (folder / "tea.pdf.yml").write_text("audience: everyone\n")

    said = await alex.commands("sources sync")
    listed = await alex.commands("sources")

    assert said == "Read: 49 documents, 1 new, 0 changed, 0 gone."
    assert f"{folder} · 49 documents, read just now" in listed
    assert "sources add help.example.com everyone" in listed
    assert "floor 4" in (await sam.asks(TEA)).last
    assert await sam.commands("sources") == wording.NOT_ADMIN


@IN_PROCESS
async def test_a_document_that_needs_mending_is_named(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    """In the list and by the check, with what to do."""
    folder = tmp_path / "help"
    folder.mkdir()
    (folder / "tea.pdf").write_bytes(b"%PDF-1.7 torn")
    (folder / "tea.pdf.yml").write_text("audience: everyone\n")
    office = await open_office(None, folder)

    told = "tea.pdf: it is damaged. Save it as PDF again. It is not in use."
    assert f"✗ {told}" in await office.person("alex").commands("sources")
    assert told in await office.person("alex").commands("check")


@IN_PROCESS
async def test_a_web_page_is_added_and_removed_by_its_address(office: Office, site: Site) -> None:
    """Numbered like every other setting; what undoes it is said."""
    reads(office, site)
    site.pages["/"] = "<h1>Tea</h1><p>The tea is kept on floor 4.</p>"
    alex, sam = office.person("alex"), office.person("sam")
    address = site.url("/")

    said = await alex.commands(f"sources add {address} everyone owner Kitchen crew")

    assert (
        said
        == f"Added {address} (settings version 2). Read: 49 documents, 1 new, 0 changed, 0 gone."
    )
    assert f"{address} · 1 document, read just now" in await alex.commands("sources")
    tea = await sam.asks(TEA)
    assert "floor 4" in tea.last
    assert any(address in seen.links for seen in tea.posts)

    said = await alex.commands(f"sources remove {address}")
    assert said.splitlines() == [
        f"Removed {address} (settings version 3).",
        f"To have it back: /desk sources add {address} everyone owner Kitchen crew",
    ]
    assert "floor 4" not in (await sam.asks(TEA)).last
    assert (await office.settings()).sources == ()


@IN_PROCESS
async def test_a57_a_page_for_a_group_is_closed_to_all_others_from_the_next_reading(
    office: Office, site: Site
) -> None:
    """Named again for fewer readers, nothing that was read for more of them stays."""
    reads(office, site)
    site.pages["/"] = "<h1>Tea</h1><p>The tea is kept on floor 4.</p>"
    alex, sam = office.person("alex"), office.person("sam")
    await alex.commands(f"sources add {site.url()} everyone")
    assert "floor 4" in (await sam.asks(TEA)).last

    site.pages.clear()  # and it cannot even be read again
    said = await alex.commands(f"sources add {site.url()} managers")

    assert sources_wording.GROUP.format(audience="managers") in said
    assert "floor 4" not in (await sam.asks(TEA)).last


@IN_PROCESS
async def test_a95_no_inner_address_is_read_for_an_admin(office: Office, site: Site) -> None:
    """Whatever it is called; the list says why, and nothing was connected to."""
    alex = office.person("alex")
    for host in ("127.0.0.1", "localhost", "2130706433"):
        await alex.commands(f"sources add {site.url('/', host)} everyone")
    told = await alex.commands("sources add http://169.254.169.254/latest/meta-data/ everyone")

    assert "But http://169.254.169.254/latest/meta-data/" in told
    listed = await alex.commands("sources")

    assert listed.count("has an address that is not public") == 4
    assert site.log == []


@IN_PROCESS
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("add", sources_wording.ADD_USAGE),
        ("add https://help.example", sources_wording.ADD_USAGE),
        ("add /etc/passwd", sources_wording.NO_FOLDER),
        ("add /etc everyone", sources_wording.NO_ADDRESS),
        ("add file:///etc everyone", sources_wording.NO_ADDRESS),
        ("add https://a@b.example everyone", sources_wording.NO_ADDRESS),
        ("add https://help.example everyone pages many", sources_wording.TOO_MANY),
        ("add https://help.example everyone pages 501", sources_wording.TOO_MANY),
        ("add https://help.example everyone depth 6", sources_wording.TOO_MANY),
        ("remove https://help.example", sources_wording.NOT_THERE),
        ("frobnicate", sources_wording.USAGE),
    ],
)
async def test_half_a_command_changes_nothing(office: Office, words: str, told: str) -> None:
    """And says how to write it."""
    before = await office.settings()

    said = await office.person("alex").commands(f"sources {words}")

    assert shown(told.partition("{")[0] or told.partition("}")[2]).strip("/ ") in said
    assert "settings version" not in said
    assert await office.settings() == before


@IN_PROCESS
async def test_a_source_of_another_workspace_is_removed_there(office: Office, site: Site) -> None:
    """Both are answered from it; who named it decides."""
    reads(office, site)
    site.pages["/"] = "<p>The tea is kept on floor 4."
    elsewhere = WorkspaceKey(Platform.TEAMS, "tenant")
    theirs = await office.product.workspaces.settings(elsewhere)
    named = theirs.model_copy(update={"sources": (Pages(address=site.url(), audience="everyone"),)})
    await office.product.workspaces.change(elsewhere, named, "test")
    alex = office.person("alex")
    await alex.commands("sources sync")

    assert f"{site.url()} · 1 document" in await alex.commands("sources")
    assert await alex.commands(f"sources remove {site.url()}") == (
        sources_wording.ELSEWHERE.format(address=site.url())
    )


@IN_PROCESS
async def test_what_to_look_at_is_reported(open_office: OpenOffice, tmp_path: Path) -> None:
    """Copies, old documents, contradictions; what only some may read is not quoted."""
    folder = tmp_path / "help"
    folder.mkdir()
    words = (
        "Full-time employees get {} days of annual leave per year. Book it in Leafday before the "
        "month begins, and tell the people you work with; your manager answers within five working "
        "days. What is left at the end of December may be taken until March, and is lost then."
    )
    head = "---\ntitle: {}\nowner: People\nupdated: {}\naudience: {}\n---\n"
    pay = "People in band five are paid {} thousand in euros per year."
    for name, title, day, audience, text in (
        ("a.md", "Leave", "2026-08-14", "everyone", words.format(25)),
        ("b.md", "Leave copy", "2026-08-14", "everyone", words.format(28)),
        ("c.md", "Bands", "2026-08-14", "managers", pay.format(50)),
        ("d.md", "Old bands", "2019-01-01", "managers", pay.format(45)),
    ):
        (folder / name).write_text(head.format(title, day, audience) + text)
    office = await open_office(None, folder)

    said = await office.person("alex").commands("sources report")

    assert "Leave (a.md, People) and Leave copy (b.md, People) differ:" in said
    assert "“Full-time employees get 28 days of annual leave per year.”" in said
    assert (
        sources_wording.CONTRADICTS_UNSEEN.format(
            one="Bands (c.md, People)", two="Old bands (d.md, People)"
        )
        in said
    )
    assert "45" not in said
    assert "Nearly the same: Leave (a.md, People) and Leave copy (b.md, People)" in said
    assert "Not updated since 2019-01-01: Old bands (d.md, People)" in said


async def test_gaps_count_people_and_name_nobody(office: Office) -> None:
    """Questions that found no answer or a bad one, in words that at least two people used."""
    sam, priya, tom = (office.person(each) for each in ("sam", "priya", "tom"))
    await sam.asks("How much parental leave do I get in Austria?")
    await priya.writes("is there parental leave in Austria? I am pregnant with twins")
    await tom.writes("Is there a gym or a canteen?")

    said = await office.person("alex").commands("sources gaps")

    assert "2 people asked about parental leave in Austria · last just now" in said
    assert "And 1 question that one person alone asked" in said
    for private in ("pregnant", "twins", "canteen", "Sam", "Priya", "Tom"):
        assert private not in said
    assert await sam.commands("sources gaps") == wording.NOT_ADMIN


@IN_PROCESS
async def test_an_answer_that_was_no_help_is_a_gap(office: Office) -> None:
    """From two people's ratings on."""
    for name in ("sam", "priya"):
        asked = await office.person(name).asks("How long does the VPN stay connected?")
        answer = next(each for each in asked.posts if each.buttons)
        await office.person(name).presses(answer, "Not helpful")

    said = await office.person("alex").commands("sources gaps")

    assert "2 people asked about VPN" in said
    assert "2 rated badly" in said
