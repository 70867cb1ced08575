# SPDX-License-Identifier: GPL-2.0-or-later
"""ISOs laid out as those of Windows and of virtio-win, made in a moment.

Nothing of them can be booted or installed: they are for what reads ISOs.
"""

import os
import shutil
import struct
import subprocess

CLIENT = (("Windows 11 Home", "Core"), ("Windows 11 Pro", "Professional"),
          ("Windows 11 Enterprise", "Enterprise"))
STUB = b"This disc contains a \"UDF\" file system\r\n"
WIM_HEADER = 208


def missing():
    """Programs that are missing to make an ISO."""
    return [p for p in ("xorriso", "wimlib-imagex", "grub-fstest",
                        "osinfo-install-script") if not shutil.which(p)]


def image_xml(index, name, edition, build=26100, kind="Client", arch=9,
              language="en-US"):
    """One image of an install.wim's XML, as DISM writes it."""
    return (f'<IMAGE INDEX="{index}"><NAME>{name}</NAME><WINDOWS>'
            f"<ARCH>{arch}</ARCH><PRODUCTNAME>Microsoft Windows</PRODUCTNAME>"
            f"<EDITIONID>{edition}</EDITIONID><INSTALLATIONTYPE>{kind}"
            f"</INSTALLATIONTYPE><LANGUAGES><LANGUAGE>{language}</LANGUAGE>"
            f"<DEFAULT>{language}</DEFAULT></LANGUAGES><VERSION><MAJOR>10"
            f"</MAJOR><MINOR>0</MINOR><BUILD>{build}</BUILD></VERSION>"
            f"</WINDOWS></IMAGE>")


def wim(images):
    """A WIM file's header and XML: all that is read of it."""
    xml = f"<WIM>{''.join(images)}</WIM>" if isinstance(images, list) else images
    data = b"\xff\xfe" + xml.encode("utf-16-le")
    header = bytearray(WIM_HEADER)
    header[:8] = b"MSWIM\0\0\0"
    struct.pack_into("<II", header, 8, WIM_HEADER, 0x10d00)
    struct.pack_into("<QQQ", header, 0x48, len(data) | 2 << 56, WIM_HEADER,
                     len(data))
    return bytes(header) + data


def make(path, files, udf=False):
    """An ISO of files (path -> bytes).

    udf: as Microsoft's: all is in UDF, and ISO 9660 has a text that says so
    """
    tree = path + ".tree"
    for name, data in files.items():
        full = os.path.join(tree, name)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(data)
    if udf:
        with open(os.path.join(tree, "README.TXT"), "wb") as file:
            file.write(STUB)
        hidden = [word for name in os.listdir(tree) if name != "README.TXT"
                  for word in ("-hide", name)]
        argv = ["genisoimage", "-quiet", "-udf", *hidden]
    else:
        argv = ["xorriso", "-as", "mkisofs", "-quiet", "-J", "-r"]
    subprocess.run([*argv, "-V", "CCCOMA_X64FRE_EN-US_DV9", "-o", path, tree],
                   check=True, stderr=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return path


def windows(path, images=None, udf=False, name="sources/install.wim"):
    """A Windows ISO. images: XML of images, see image_xml()"""
    if images is None:
        images = [image_xml(n, *i) for n, i in enumerate(CLIENT, 1)]
    return make(path, {name: wim(images), "efi/boot/bootx64.efi": b"MZ",
                       "bootmgr": b"", "setup.exe": b"MZ"}, udf)


def virtio(path):
    """virtio-win's ISO."""
    files = {"virtio-win_license.txt": b"", "cert/Virtio_Win_Red_Hat_CA.cer": b""}
    for driver, systems in (("vioserial", ("2k19", "2k22", "2k25", "w10", "w11")),
                            ("NetKVM", ("2k19", "w10", "w11")),
                            ("viofs", ("w10",)), ("qxl", ("w7",))):
        for system in systems:
            for arch in ("amd64", "x86"):
                for suffix in ("inf", "sys", "cat", "pdb"):
                    files[f"{driver}/{system}/{arch}/{driver}.{suffix}"] = \
                        f"{driver} {system} {arch}\n".encode()
    return make(path, files)
