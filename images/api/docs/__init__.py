"""The page that explains the API: made on our own server from the description that tests hold it to."""
