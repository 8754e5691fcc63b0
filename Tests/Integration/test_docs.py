"""What the documents say of files, tests and commands: it must be there, and do what they show."""

import pathlib
import re
import subprocess

import pytest

from harness.process import ROOT, binary

DOCUMENTS = [path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if path.is_file()]


def run(directory, *arguments):
    ended = subprocess.run(
        [binary("crumbgate", "CRUMBGATE_BIN"), *arguments], capture_output=True, timeout=30, check=False, cwd=directory
    )
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (document.parent / target).exists(), target


def test_the_tests_that_the_threat_model_names_exist():
    text = (ROOT / "docs" / "threat-model.md").read_text()
    python = {path.name: path.read_text() for path in ROOT.glob("Tests/*/test_*.py")}
    swift = {path.stem: path.read_text() for path in ROOT.glob("Tests/Unit/**/*.swift")}
    assert set(re.findall(r"`(test_\w+\.py)`", text)) <= set(python)
    for name in re.findall(r"`(test_\w+)`", text):
        assert any(f"def {name}(" in source for source in python.values()), name
    for stem in re.findall(r"`(\w+Tests)`", text):
        assert stem in swift, stem
    for stem, titles in re.findall(r"`(\w+Tests)`: ((?:\*[^*]+\*(?:, |; )?)+)", text):
        for title in re.findall(r"\*([^*]+)\*", titles):
            assert title in swift[stem], f"{stem}: {title}"


def test_the_readmes_rules_and_answer_are_real(tmp_path):
    text = (ROOT / "README.md").read_text()
    (tmp_path / "shop.yaml").write_text(re.search(r"```yaml\n(.*?)```", text, re.S)[1])
    assert run(tmp_path, "check", "shop.yaml")[0] == 0
    command, shown = re.search(r"\$ crumbgate (explain [^\n]+)\n(.*?)```", text, re.S).groups()
    status, said, _ = run(tmp_path, *command.split())
    assert (status, said.strip()) == (0, shown.strip())


@pytest.mark.parametrize("document", ["README.md", "docs/rules.md", "docs/deploy.md", "docs/reports.md"])
def test_whole_rules_files_in_documents_are_right(tmp_path, document):
    """Those with an origin; the others are parts."""
    examples = re.findall(r"```yaml\n(.*?)```", (ROOT / document).read_text(), re.S)
    for number, example in enumerate(example for example in examples if re.search(r"^origin:", example, re.M)):
        path = tmp_path / f"example{number}.yaml"
        path.write_text(example)
        status, said, wrong = run(tmp_path, "check", path.name)
        assert status == 0, f"{example}\n{said}{wrong}"


def test_folders_of_the_readme_exist():
    text = pathlib.Path(ROOT / "README.md").read_text()
    for row in re.findall(r"^\| (`[^|]+) \|", text, re.M):
        for folder in re.findall(r"`([^`]+)`", row):
            assert (ROOT / folder).is_dir(), folder
