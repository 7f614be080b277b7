"""What the contracts of import-linter cannot say: no module leads back to itself by any detour."""

import grimp

ROOTS = ("bgbegone", "policy", "accounts", "images")


def _reachable(graph: grimp.ImportGraph, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for found in graph.find_modules_directly_imported_by(waiting.pop()):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return seen


def test_no_module_leads_back_to_itself() -> None:
    graph = grimp.build_graph(*ROOTS, exclude_type_checking_imports=False)
    assert [module for module in sorted(graph.modules) if module in _reachable(graph, module)] == []
