"""Files of arrays as users have them, beside those of make_npy.py: npy_kinds.json, file name -> base64, with the matrix in them or the reason against it.

Headers are those of NumPy 2, and edited as older versions and other programs write them."""
import base64
import io
import json
import zipfile

import numpy as np

values = np.array([[0, 1, 2], [100, 5, 127]])
cube = np.arange(24.0).reshape(2, 3, 4)


def npy(array, version=None):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version, allow_pickle=True)
    return buffer.getvalue()


def with_header(header, data, version=1):
    """An array with this text as its header."""
    text = header.encode("utf8")
    size = 10 if version == 1 else 12
    text += b" " * (-(size + len(text) + 1) % 64) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(size - 8, "little") + text + data


def npz(arrays, method=zipfile.ZIP_DEFLATED, zip64=True):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in arrays.items():
            with archive.open(name + ".npy", "w", force_zip64=zip64) as file:
                file.write(content)
    return buffer.getvalue()


little = values.astype("<f8").tobytes()
good = {
    **{f"{kind} {order}": npy(values.astype(order + kind)) for kind in ["f8", "f4", "f2", "i8", "i4", "i2", "u8", "u4", "u2"] for order in "<>"},
    **{kind: npy(values.astype(kind)) for kind in ["i1", "u1"]},
    "fortran, big-endian": npy(np.asfortranarray(values.astype(">f4"))),
    "version 2": npy(values.astype("f8"), (2, 0)),
    "version 3": npy(values.astype("f8"), (3, 0)),
    "Python 2": with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 3L), }", little),
    "double quotes": with_header('{"descr": "<f8", "fortran_order": False, "shape": (2, 3)}', little),
    "no blanks": with_header("{'shape':(2,3),'fortran_order':False,'descr':'<f8'}", little),
    "prefixed strings": with_header("{'descr': u'<f8', 'fortran_order': False, 'shape': (2, 3), }", little),
    "native order": with_header("{'descr': '=f8', 'fortran_order': False, 'shape': (2, 3), }", little),
}
halves = np.array([0.5, -0.1, 6e-8, 6e-5, 65504, 1 / 3, -0.0, 2.0**-24, np.inf, -np.inf, np.nan], "f2")
bad = {
    "objects": (npy(np.array([{"a": 1}, None])), "type |O, Python objects, which are pickled"),
    "texts": (npy(np.array(["a", "b"])), "type <U1, texts"),
    "bytes": (npy(np.array([b"a", b"b"])), "type |S1, texts"),
    "dates": (npy(np.array(["2020-01-01"], "M8[D]")), "type <M8[D], dates"),
    "complex": (npy(values.astype("c16")), "type <c16; real numbers"),
    "long double": (npy(values.astype("longdouble")), "type <f16; real numbers"),
    "structured": (npy(np.zeros(3, [("a", "f8"), ("b", "i4")])), "structured type [('a', '<f8'), ('b', '<i4')]"),
    "many fields": (npy(np.zeros(3, [(f"a{i}", "f8") for i in range(500)])), "structured type [("),
    "negative": (with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (-2, 3), }", little), "the shape is (-2, 3)"),
    "twice negative": (with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (-2, -3), }", little), "the shape is (-2, -3)"),
    "fractional": (with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (2.5, 3), }", little), "the shape is (2.5, 3)"),
    "absurd": (with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 1000000000000), }", little), "the shape is (1000000000000"),
    "large": (with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 3000), }", little), "truncated; 1000000×3000 entries need 24000000000 bytes, 48 are there"),
    "no order": (with_header("{'descr': '<f8', 'shape': (2, 3), }", little), "damaged header"),
    "version 4": (with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", little, 4), "version 4"),
    "header beyond the file": (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'", "truncated or damaged header"),
}
X, Y = npy(values.astype("f8")), npy(np.array([1.0, -1.0]))
unrelated = npy(np.array(["a", "b"]))
damaged = bytearray(npz({"X": X, "Y": Y}, zipfile.ZIP_STORED))
damaged[damaged.index(X) + 130] ^= 1
bomb = npy(np.zeros(1_000_000))
archives = {
    "deflated": npz({"X": X, "Y": Y}),
    "stored": npz({"X": X, "Y": Y}, zipfile.ZIP_STORED),
    "without zip64": npz({"X": X, "Y": Y}, zip64=False),
    "beside texts": npz({"names": unrelated, "X": X, "Y": Y}),
    "beside much": npz({"X": X, "Y": Y, "much": bomb}),
}
bad_archives = {
    "a flipped bit": (bytes(damaged), "X: damaged; its checksum"),
    "much behind a small header": (npz({"X": X + bytes(2_000_000), "Y": Y}), "2×3 entries make 176 bytes with their header, 2000176 are declared"),
    "more inputs than targets": (npz({"X": bomb, "Y": Y}), "Y: 2 rows where X has 1000000"),
    "lzma": (npz({"X": X, "Y": Y}, zipfile.ZIP_LZMA), "X: compressed by method 14"),
    "objects": (npz({"X": npy(np.array([[1], [2, 3]], object)), "Y": Y}), "X: entries of type |O, Python objects"),
}


def text(content):
    return base64.b64encode(content).decode()


with open("npy_kinds.json", "w") as file:
    json.dump(
        {
            "expected": values.ravel().tolist(),
            "arrays": {name: text(content) for name, content in good.items()},
            "bool": text(npy(values > 1)),
            "cube": {order: text(npy(np.array(cube, order=order))) for order in "CF"},
            "halves": {"file": text(npy(halves)), "values": [str(float(x)) for x in halves]},
            "refused": {name: [text(content), reason] for name, (content, reason) in bad.items()},
            "archives": {name: text(content) for name, content in archives.items()},
            "refusedArchives": {name: [text(content), reason] for name, (content, reason) in bad_archives.items()},
        },
        file,
        indent=1,
    )
