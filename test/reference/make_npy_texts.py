"""Arrays of texts as NumPy writes them, alone and in archives: npy_texts.json, file name -> base64, with the texts in them or the reason against them."""
import base64
import io
import json

import numpy as np

labels = ["no", "yes", "maybe", "no", "yes", "maybe"]
names = ["é", "日本語", "a longer name with blanks", "🙂", "", "é"]


def npy(array):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


wide = np.array(names)
good = {
    "U, little-endian": (np.array(labels, "<U5"), labels),
    "U, big-endian": (np.array(labels, ">U5"), labels),
    "U, wider than needed": (np.array(labels, "<U40"), labels),
    "S": (np.array(labels, "S"), labels),
    "S of UTF-8": (np.array([name.encode() for name in names]), names),
    "U beyond ASCII, little-endian": (wide.astype("<U25"), names),
    "U beyond ASCII, big-endian": (wide.astype(">U25"), names),
    "one column": (np.array(labels)[:, None], labels),
    "one column, Fortran order": (np.asfortranarray(np.array(labels, ">U5")[:, None]), labels),
    "numbers as texts": (np.array(["10", "9", "10", "9"]), ["10", "9", "10", "9"]),
}
bad_character = bytearray(npy(np.array(["abc", "def"], "<U3")))
bad_character[-1] = 0x7F
bad = {
    "two columns": (npy(np.array([["a", "b"], ["c", "d"]])), "2×2 texts where labels are one column"),
    "a single text": (npy(np.array("a")), "a single text where labels are one column"),
    "Latin-1 bytes": (npy(np.array(["é".encode("latin1"), b"a"])), "[0]: entries of type |S1, bytes that are no UTF-8"),
    "no character": (bytes(bad_character), "[1]: entries of type <U3, damaged: no text of UCS-4"),
    "truncated": (npy(np.array(labels))[:-4], "truncated; 6 entries need 120 bytes, 116 are there"),
    "objects": (npy(np.array(labels, object)), "type |O, Python objects, which are pickled; save numbers with .astype(float), labels with .astype(str)"),
    "numbers": (npy(np.arange(3.0)), "numbers where texts are expected"),
}
X = np.arange(12.0).reshape(6, 2) ** 2
archives = {
    "texts": npz(X=X, Y=np.array(labels, ">U5"), X_test=X[:3] + 1, Y_test=np.array([b"yes", b"no", b"maybe"])),
    "two classes": npz(X=X[:4], Y=np.array(["dog", "cat", "cat", "dog"])),
}
bad_archives = {
    "inputs": (npz(X=np.array([["a"], ["b"]]), Y=np.array([1.0, -1.0])), "X: entries of type <U1, texts; save numbers"),
    "inputs of test": (npz(X=X, Y=np.array(labels), X_test=np.array([[b"a", b"b"]])), "X_test: entries of type |S1, texts; save numbers"),
    "test alone": (npz(X=X, Y=np.arange(6) / 4, X_test=X[:2], Y_test=np.array(["yes", "no"])), 'Y_test[0]: "yes" is no number, as those of Y are'),
    "another class": (npz(X=X, Y=np.array(labels), X_test=X[:2], Y_test=np.array(["yes", "never"])), 'Y_test: class "never" is not among those of training: maybe, no, yes'),
    "empty": (npz(X=X, Y=np.array(["a", "b", "", "a", "b", "a"])), "Y[2]: an empty label"),
}


def text(content):
    return base64.b64encode(content).decode()


with open("npy_texts.json", "w") as file:
    json.dump(
        {
            "texts": {name: [text(npy(array)), expected] for name, (array, expected) in good.items()},
            "refused": {name: [text(content), reason] for name, (content, reason) in bad.items()},
            "archives": {name: text(content) for name, content in archives.items()},
            "refusedArchives": {name: [text(content), reason] for name, (content, reason) in bad_archives.items()},
            "files": {"X.npy": text(npy(X)), "Y.npy": text(npy(np.array(labels, "S5")))},
        },
        file,
        indent=1,
        ensure_ascii=False,
    )
    file.write("\n")
