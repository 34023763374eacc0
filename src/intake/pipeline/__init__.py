"""The use cases: what happens to a message, behind a link, at a desk, on a day. Each runs in one unit of work.

Read, think, write: the store is asked before and told after; what stands between are the stages, plain functions.
"""
