"""The doors over HTTP and MCP: what is asked there, in JSON, and one web page for people.

Read-only, and nothing here decides anything about answers; what it needs besides is the extra `api`.
"""
