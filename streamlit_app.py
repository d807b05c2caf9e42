"""The page. `python -m src.asgi` serves it with its guards; `streamlit run streamlit_app.py` serves it plain."""

from src.screen.page import draw

draw()
