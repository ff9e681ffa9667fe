"""The papermill engine `peel` (entry point group `papermill.engine`): papermill's own engine on warm kernels."""

import logging
import sys
from typing import Any

logger = logging.getLogger(__name__)


class PeelEngine:
    """Runs notebooks as papermill's nbclient engine does, in kernels that the warm process forks.

    A kernel is stopped at once when its last cell is done: its atexit functions do not run, and a file that it left
    open may lack its last lines. papermill is imported late: it loads this class while it is itself being imported.
    """

    @classmethod
    def execute_notebook(
        cls, nb: Any, kernel_name: str, *, output_path: Any = None, save_each_cell: bool = True, **kwargs: Any
    ) -> Any:
        """Return the executed notebook. Runs it again on an ordinary kernel when the warm process died under it.

        Without `save_each_cell` the engine writes the notebook only when its run ends in an error.
        """
        from papermill.iorw import write_ipynb

        try:
            return cls._execute(nb, kernel_name, output_path=output_path if save_each_cell else None, **kwargs)
        except Exception:
            if not save_each_cell:
                write_ipynb(nb, output_path)
            raise

    @classmethod
    def _execute(cls, nb: Any, kernel_name: str, **kwargs: Any) -> Any:
        from papermill.engines import NBClientEngine

        from peel_analysis.engine.sockets import SocketKernelManager

        ordinary = {"kernel_manager_class": SocketKernelManager, **kwargs}
        if sys.platform != "linux":
            return NBClientEngine.execute_notebook(nb, kernel_name, **ordinary)

        from peel_analysis.engine import warm_connection
        from peel_analysis.engine.provisioner import WarmKernelManager

        ours = {"kernel_manager_class": WarmKernelManager, "shutdown_kernel": "immediate"}
        known = warm_connection.deaths()
        try:
            return NBClientEngine.execute_notebook(nb, kernel_name, **{**ours, **kwargs})
        except RuntimeError:
            if warm_connection.deaths() == known:
                raise
            logger.warning("the warm process died; the notebook runs again from its start on an ordinary kernel")
            return NBClientEngine.execute_notebook(nb, kernel_name, **ordinary)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the name of the kernel that a notebook asks for."""
        from papermill.engines import NBClientEngine

        return str(NBClientEngine.nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the language of a notebook."""
        from papermill.engines import NBClientEngine

        return str(NBClientEngine.nb_language(nb, language))
