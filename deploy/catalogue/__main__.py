"""`python -m deploy.catalogue` writes docs/catalogue, docs/events and docs/rpc."""

from deploy.catalogue.pages import write

if __name__ == "__main__":
    write()
