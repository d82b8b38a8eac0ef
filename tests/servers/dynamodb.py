"""A DynamoDB to talk to over HTTP: moto's server, in a thread, with a table for sessions."""

from __future__ import annotations

import itertools
import logging

from botocore.session import get_session
from moto.server import ThreadedMotoServer

NAMES = itertools.count(1)


class DynamoServer:
    """A server; each table is new and empty."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.endpoint = f"http://{host}:{port}"

    def table(self) -> str:
        """Make a table; returns its address as ``FRONTDESK_SESSION_URL`` has it."""
        name = f"sessions-{next(NAMES)}"
        client = get_session().create_client(
            "dynamodb", region_name="eu-central-1", endpoint_url=self.endpoint
        )
        client.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "thread", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "thread", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends_at"},
        )
        client.close()
        return f"dynamodb://{name}?region=eu-central-1&endpoint={self.endpoint}"

    def stop(self) -> None:
        self._server.stop()
