"""How much a key may use, exactly, whatever the number of threads and machines; and what it has used."""
