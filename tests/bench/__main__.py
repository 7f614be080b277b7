"""`make bench`: every measurement, one after the other."""

from tests.bench import accuracy, upload

if __name__ == "__main__":
    accuracy.main()
    upload.main()
