"""intake: takes in what job seekers write, understands it, decides safely, and answers."""
