"""Files of facts (deploy/data/programme_2017.yaml is the example), turned into commands of the
services: `reader` reads a file, and there is one module for each area of the programme."""
