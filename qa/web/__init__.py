"""The chat page and the server under it: the only user of gradio and fastapi."""
