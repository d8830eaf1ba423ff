"""Prints the reference of the Python package in Markdown: what it exports, with signatures and docstrings.

Reads the sources without importing them, so that nothing has to be installed.
"""

import ast
import inspect
import pathlib
import re
import sys

folder = pathlib.Path(sys.argv[1])
trees = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py"))}


def exported():
    """Names of `__all__`, in its order, with the module each comes from."""
    home = {}
    names = []
    for node in ast.walk(trees["__init__"]):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            home |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            names = [element.value for element in node.value.elts]
    return {name: home[name] for name in names if name in home}


def definition(module, name):
    return next((n for n in trees.get(module, ast.Module([], [])).body if getattr(n, "name", "") == name), None)


def escape(text):
    return text.replace("<", "&lt;").replace("{{", "{&#8203;{")


def docstring(node):
    """A docstring as NumPy writes them, in Markdown: sections in bold, their entries as a list."""
    lines = escape(inspect.cleandoc(ast.get_docstring(node) or "")).split("\n")
    made = []
    listed = False
    for k, line in enumerate(lines):
        below = lines[k + 1] if k + 1 < len(lines) else ""
        if re.fullmatch("-{3,}", line.strip()):
            continue
        if re.fullmatch("-{3,}", below.strip()):
            listed = line.strip() not in ("Notes", "Examples", "See Also")
            made += ["", f"**{line.strip()}**", ""]
        elif listed and line and not line.startswith(" "):
            name, _, kind = line.partition(" : ")
            made.append(f"- `{name}`" + (f" ({kind})" if kind else "") + "  ")
        elif listed and line:
            made.append(f"  {line.strip()}")
        elif line.startswith(">>>"):
            made.append(f"    {line}")
        else:
            made.append(line)
    return "\n".join(made)


def signature(node, name, method=False):
    arguments = ast.unparse(node.args)
    if method:
        arguments = arguments.removeprefix("self, ").removeprefix("self").removeprefix("cls, ").removeprefix("cls")
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"```python\n{name}({arguments}){returns}\n```\n"


def public(node):
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("_") and ast.get_docstring(item):
            yield item


def is_property(node):
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def describe(name, node):
    parts = [f"## {name}\n"]
    if isinstance(node, ast.ClassDef):
        start = next((n for n in node.body if getattr(n, "name", "") == "__init__"), None)
        if start:
            parts.append(signature(start, f"fw.{name}", method=True))
        parts.append(docstring(node) + "\n")
        properties = [item for item in public(node) if is_property(item)]
        if properties:
            rows = "\n".join(f"| `{p.name}` | {' '.join(docstring(p).split()).replace('|', chr(92) + '|')} |" for p in properties)
            parts.append(f"| attribute | meaning |\n| --- | --- |\n{rows}\n")
        for method in (item for item in public(node) if not is_property(item)):
            parts += [f"### {name}.{method.name}\n", signature(method, method.name, method=True), docstring(method) + "\n"]
    else:
        parts += [signature(node, f"fw.{name}"), docstring(node) + "\n"]
    return "\n".join(parts)


print("# Python reference\n")
print("What `import finite_width as fw` gives, with its docstrings. How they go together: "
      "[From Python and Jupyter](docs/python.md).\n")
for name, (module, original) in exported().items():
    node = definition(module, original)
    if node and ast.get_docstring(node):
        print(describe(name, node))
