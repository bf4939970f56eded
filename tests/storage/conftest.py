from tests.stores import database_url as database_url
from tests.stores import store as store
