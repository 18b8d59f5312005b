"""Folders and files that only the server's own user can read, whatever the umask.

They hold people's words, join links and keys: folders are 0700, files 0600.
"""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Make the folder unless it exists. A folder that exists keeps its mode; `restrict` narrows that."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        if not folder.is_dir():
            raise


def make_private_file(path: Path) -> None:
    """Make an empty file unless it exists. SQLite gives the files beside a database the mode of the database.

    One that exists is not even opened: closing it would release the locks that SQLite holds on it.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))


def open_to_others(paths: Iterable[Path]) -> Iterator[Path]:
    """Those that users beside the owner may read, write or enter. Symbolic links are not followed."""
    for path in paths:
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        if not stat.S_ISLNK(status.st_mode) and status.st_mode & _OTHERS:
            yield path


def restrict(paths: Iterable[Path]) -> list[Path]:
    """Take every right of others away. Returns the paths where that cannot be done, such as another user's."""
    failed = []
    for path in open_to_others(paths):
        try:
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
        except FileNotFoundError:
            continue
        except OSError:
            failed.append(path)
            continue
        failed.extend(open_to_others([path]))  # some file systems know no modes and say nothing
    return failed
