"""The trial broker's jars and runtime: fetched once and whole, or one clear line about what is missing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ops.kafka.artifacts import KafkaMissing, java, kafka_version, libs


def test_missing_java_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(KafkaMissing, match=r"^no java here: .*apt-get install -y openjdk-17") as told:
        java()
    assert "\n" not in str(told.value)


def test_old_java_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "java"
    program.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(KafkaMissing, match="is Java 11: "):
        java()


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "jars"
    monkeypatch.setenv("HUB_KAFKA_LIBS", str(folder))
    return folder


def test_missing_maven_is_one_clear_line(empty_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KafkaMissing, match=r"^no mvn here: .*apt-get install -y maven") as told:
        libs()
    assert "\n" not in str(told.value)


Maven = Callable[[str], None]


@pytest.fixture
def maven(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Maven:
    """Puts a stand-in for `mvn` on the path; `$out` is the folder it is asked to fill."""

    def install(script: str) -> None:
        program = tmp_path / "bin" / "mvn"
        program.parent.mkdir(exist_ok=True)
        program.write_text(
            f"#!/bin/sh\nfor a; do case $a in -DoutputDirectory=*) out=${{a#*=}};; esac; done\n{script}\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=":")

    return install


def test_jars_are_fetched_once(empty_cache: Path, maven: Maven, tmp_path: Path) -> None:
    version = kafka_version()
    maven(
        f'mkdir "$out"; touch "$out/kafka_2.13-{version}.jar" "$out/kafka-clients-{version}.jar"; '
        f"echo fetched >> {tmp_path}/calls; echo 'Downloaded from here: a.jar'"
    )
    said: list[tuple[str, str]] = []
    assert libs(lambda step, text: said.append((step, text))) == empty_cache
    assert ("fetch", "1 jars") in said
    said.clear()
    assert libs(lambda step, text: said.append((step, text))) == empty_cache
    assert said == []
    assert (tmp_path / "calls").read_text() == "fetched\n"


def test_two_that_find_the_cache_empty_fetch_once(empty_cache: Path, maven: Maven, tmp_path: Path) -> None:
    version = kafka_version()
    maven(
        f'mkdir "$out"; touch "$out/kafka_2.13-{version}.jar" "$out/kafka-clients-{version}.jar"; '
        f"sleep 0.3; echo fetched >> {tmp_path}/calls"
    )
    with ThreadPoolExecutor() as both:
        assert list(both.map(lambda _: libs(), range(2))) == [empty_cache, empty_cache]
    assert (tmp_path / "calls").read_text() == "fetched\n"


def test_a_failed_fetch_leaves_nothing_behind(empty_cache: Path, maven: Maven) -> None:
    maven('mkdir "$out"; touch "$out/half.jar"; echo "[ERROR] no route to the repository"; exit 1')
    with pytest.raises(KafkaMissing, match="could not fetch Apache Kafka: no route to the repository"):
        libs()
    assert not empty_cache.exists()
    assert [path for path in empty_cache.parent.iterdir() if path.name.startswith(".fetching")] == []


def test_foreign_jars_are_not_overwritten(empty_cache: Path) -> None:
    empty_cache.mkdir()
    (empty_cache / "something.jar").touch()
    with pytest.raises(KafkaMissing, match="holds other jars"):
        libs()
    assert (empty_cache / "something.jar").exists()
