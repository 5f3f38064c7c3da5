"""The rewrite as it is in memory: its routes and response models, beside legacy's hooks, schemas and answers."""
