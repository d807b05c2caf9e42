"""The page, drawn with Streamlit: the library, the conversation, the page viewer."""
