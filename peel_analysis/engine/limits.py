"""What a run of notebooks needs of the system: a limit that it met in the middle would be told in many places."""

OPEN_FILES = 128  # of a process: a worker holds about fifty, and a kernel as many
MEGABYTE = 1 << 20
ADDRESS_SPACE = 1000  # megabytes of a process, most of them never touched


def shortage() -> str:
    """Return in one line which limit of this process is too low for a run, "" where none is.

    What a process may raise for itself is raised, and holds for those that it starts.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return ""
    unlimited = resource.RLIM_INFINITY
    space, _ = resource.getrlimit(resource.RLIMIT_AS)
    if space != unlimited and space < ADDRESS_SPACE * MEGABYTE:
        held = f"{space // MEGABYTE} megabytes of memory"
        return f"a process may have {held}, and a run needs {ADDRESS_SPACE}; raise that with ulimit -v"
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == unlimited or files >= OPEN_FILES:
        return ""
    if most != unlimited and most < OPEN_FILES:
        return f"a process may have {most} open files, and a run needs {OPEN_FILES}; raise that with ulimit -n"
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, most))
    return ""
