"""`python -m deploy.catalogue` writes docs/catalogue and docs/events from the declarations."""

from deploy.catalogue.pages import write

if __name__ == "__main__":
    write()
