"""The models' life: fetch, build, fit on the proving ground, export, check."""
