"""Arrays as NumPy writes them, in every type and memory order that is read: npy.npz, npy_complex.npz, npy.json."""
import json

import numpy as np

values = np.array([[0, 1, 2], [100, 5, 127]])
types = ["float64", "float32", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool"]
arrays = {name: values.astype(name) for name in types}
arrays["fortran"] = np.asfortranarray(values.astype("float64"))
np.savez_compressed("npy.npz", **arrays)
np.savez("npy_complex.npz", complex=values.astype("complex128"))
with open("npy.json", "w") as file:
    json.dump({"expected": values.ravel().tolist(), "types": list(arrays)}, file)
