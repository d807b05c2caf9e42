"""The page. `python -m src.asgi` serves it with its guards; `streamlit run streamlit_app.py` serves it plain."""

from src.screen.lookups import ask_nobody_for_our_address
from src.screen.page import draw

ask_nobody_for_our_address()
draw()
