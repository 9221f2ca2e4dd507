"""Where documents come from: folders, feeds, sitemaps and pages, fetched politely and kept.

Nothing here embeds, indexes or publishes.
"""
