import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from wam_portal.call_room import with_room

DEPTHS = range(20, 260, 2)
SHIFTS = range(24)
CALLS = 100


def small() -> int:
    return 1


def many_calls_at(depth: int) -> int:
    """Page faults of many small calls that stand `depth` frames down."""
    if depth:
        return many_calls_at(depth - 1)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        small()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def shifted(by: int) -> Callable[[int], int]:
    """The same with a first frame that takes some slots more, so that the frames below it lie elsewhere."""

    def first(depth: int) -> int:
        return many_calls_at(depth)

    first.__code__ = first.__code__.replace(co_stacksize=first.__code__.co_stacksize + by)
    return first


def worst_of(call: Callable[[Callable[[int], int], int], int]) -> int:
    calls = [shifted(by) for by in SHIFTS]
    return max(call(first, depth) for first in calls for depth in DEPTHS)


def in_thread(call: Callable[[Callable[[int], int], int], int]) -> int:
    # The stack of a thread is its own: tests are run with room. Twice, as memory may really be new the first time.
    with ThreadPoolExecutor(1) as thread:
        return min(thread.submit(worst_of, call).result() for _ in range(2))


def test_small_calls_deep_down_ask_the_system_for_no_memory() -> None:
    def plainly(first: Callable[[int], int], depth: int) -> int:
        return first(depth)

    plain, roomy = in_thread(plainly), in_thread(with_room(plainly))

    assert plain >= CALLS, "the control: without room some depth asks again with every call"
    assert roomy < CALLS // 10


def test_it_passes_on_what_it_is_given_and_what_comes_back() -> None:
    def join(*words: str, by: str) -> str:
        return by.join(words)

    assert with_room(join)("a", "b", by="-") == "a-b"
