"""The answering side: a question in, an answer with its quotes out, in Discord, a page or a terminal."""
