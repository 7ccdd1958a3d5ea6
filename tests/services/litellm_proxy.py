"""A real LiteLLM proxy in front of other model servers."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import httpx2

from tests.services.package_venv import packages_venv
from tests.services.real_server import RealServer, free_port

KEY = "sk-of-this-test"


class LiteLLMProxy(RealServer):
    """LiteLLM in front of `models`: the base URL of each by its name there. Skips the test where it has no wheel.

    `windows` says for some how many tokens they take in, as the proxy's own table does for well-known models.
    """

    START_SECONDS = 180.0  # it imports for 10 s on a machine that does nothing else

    def __init__(self, folder: Path, models: Mapping[str, str], windows: Mapping[str, int] | None = None) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/v1"
        self._client = httpx2.Client(base_url=self.url, headers={"Authorization": f"Bearer {KEY}"})
        config = folder / f"litellm-{port}.json"  # JSON is YAML too
        config.write_text(json.dumps(_config(models, windows or {})))
        command = [str(packages_venv("litellm") / "litellm"), "--config", str(config)]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        offline = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        super().__init__(command, folder / f"litellm-{port}.log", self._is_ready, environment=offline)

    def _is_ready(self) -> bool:
        try:
            return self._client.get("/models").status_code == 200
        except httpx2.HTTPError:
            return False


def _config(models: Mapping[str, str], windows: Mapping[str, int]) -> Mapping[str, object]:
    return {
        "model_list": [
            {
                "model_name": name,
                "litellm_params": {"model": f"openai/{name}", "api_base": url, "api_key": "none"},
                "model_info": {"max_input_tokens": windows[name]} if name in windows else {},
            }
            for name, url in models.items()
        ],
        "general_settings": {"master_key": KEY},
        "litellm_settings": {"telemetry": False},
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
    }
