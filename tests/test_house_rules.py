"""What import contracts cannot say: the domain stands on the standard library alone."""

import sys

import grimp


def test_the_domain_imports_only_itself_and_the_standard_library() -> None:
    graph = grimp.build_graph("bot", include_external_packages=True, cache_dir=None)
    domain = {"bot.domain", *graph.find_descendants("bot.domain")}
    imported = {
        name for module in domain for name in graph.find_modules_directly_imported_by(module)
    }
    foreign = {name for name in imported - domain if name not in sys.stdlib_module_names}
    assert "dataclasses" in imported
    assert foreign == set()
