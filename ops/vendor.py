"""Foreign page assets: fetch the packages that ``VENDOR.toml`` names again and compare, byte for byte.

    python -m ops.vendor            compare: each package's integrity with the registry's, each file with the package's
    python -m ops.vendor --write    take the files anew (after changing a version in VENDOR.toml), and note their hashes

Needs npm on the path, and the network; users of the hub need neither: the files are in the wheel.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

VENDOR: Final = Path(__file__).parents[1] / "hub" / "web" / "static" / "vendor"
LIST: Final = VENDOR / "VENDOR.toml"


def fetch(name: str, version: str, folder: Path) -> tuple[dict[str, bytes], str]:
    """The files of a package by name, and its integrity (sha512, as npm writes it), computed from what was fetched."""
    command = ["npm", "pack", f"{name}@{version}", "--json", "--pack-destination", str(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout
    packed = json.loads(said)[0]
    raw = (folder / packed["filename"]).read_bytes()
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(raw).digest()).decode()
    if integrity != packed["integrity"]:
        raise SystemExit(f"{name}@{version}: what came is not what npm announced")
    files: dict[str, bytes] = {}
    with tarfile.open(folder / packed["filename"]) as archive:
        for member in archive.getmembers():
            handle = archive.extractfile(member) if member.isfile() else None
            if handle is not None:
                files[member.name.removeprefix("package/")] = handle.read()
    return files, integrity


def compare(package: dict[str, Any], files: dict[str, bytes], integrity: str) -> list[str]:
    """What differs between a package as listed, as fetched and as it stands here."""
    wrong = [] if integrity == package["integrity"] else [f"{package['name']}: integrity is {integrity}"]
    for file in package["files"]:
        here = VENDOR / package["folder"] / file["name"]
        fetched = files.get(file["name"])
        if fetched is None:
            wrong.append(f"{file['name']}: not in the package")
        elif not here.exists() or here.read_bytes() != fetched:
            wrong.append(f"{file['name']}: differs from the package's")
        elif hashlib.sha256(fetched).hexdigest() != file["sha256"]:
            wrong.append(f"{file['name']}: another hash than listed")
    return wrong


def write(package: dict[str, Any], files: dict[str, bytes], integrity: str) -> dict[str, Any]:
    """Take a package's listed files anew; the entry with its new hashes."""
    folder = VENDOR / package["folder"]
    folder.mkdir(parents=True, exist_ok=True)
    for file in package["files"]:
        (folder / file["name"]).write_bytes(files[file["name"]])
        file["sha256"] = hashlib.sha256(files[file["name"]]).hexdigest()
    return package | {"integrity": integrity}


def text_of(packages: list[dict[str, Any]]) -> str:
    """``VENDOR.toml`` of these packages."""
    lines = ["# Foreign page assets, unmodified. Compared with their packages by `python -m ops.vendor`."]
    for package in packages:
        lines += ["", "[[package]]"]
        lines += [f"{k} = {json.dumps(package[k])}" for k in ("name", "version", "licence", "folder", "integrity")]
        lines += ["files = ["]
        lines += [f'    {{ name = "{f["name"]}", sha256 = "{f["sha256"]}" }},' for f in package["files"]]
        lines += ["]"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Compare, or with ``--write`` take anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    taking = parser.parse_args().write
    packages = tomllib.loads(LIST.read_text(encoding="utf-8"))["package"]
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for n, package in enumerate(packages):
            files, integrity = fetch(package["name"], package["version"], Path(folder))
            if taking:
                packages[n] = write(package, files, integrity)
            else:
                wrong += compare(package, files, integrity)
    if taking:
        LIST.write_text(text_of(packages), encoding="utf-8")
    for line in wrong:
        print(line)
    if wrong:
        raise SystemExit(1)
    print(f"{len(packages)} package(s) as listed")


if __name__ == "__main__":
    main()
