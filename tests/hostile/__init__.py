"""Recordings that mean harm, made by code, and a fuzzer that makes more of them."""
