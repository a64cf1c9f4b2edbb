"""Questions and answers: written by editors, found by anybody, asked before an appeal is sent."""
