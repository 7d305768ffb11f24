import ast
import hashlib
import warnings

warnings.simplefilter("ignore")


def idle(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def tree(source):
    try:
        root = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(root):
        if isinstance(node, ast.Constant):
            node.kind = None  # u"a" is "a"
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and any(map(idle, block)):
                kept = [s for s in block if not idle(s)]
                setattr(node, name, kept or [ast.Pass()] if name == "body" else kept)
    return hashlib.sha256(ast.dump(root).encode("utf-8", "backslashreplace")).hexdigest()
