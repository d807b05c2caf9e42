"""Collections on the page: which of them are ticked, and one made, asked, renamed, removed and brought back."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from shared_utils.storage.collection_store import StoredCollection
from src.screen.collections import ticked
from tests.e2e.pdfs import Line, pdf
from tests.src.screen.conftest import ask, press, read, shown, until, upload


def test_those_are_ticked_whose_documents_all_are_and_that_are_no_part_of_another() -> None:
    rivers, bridges = StoredCollection("r", "Rivers", ("1", "2")), StoredCollection("b", "Bridges", ("2",))
    empty = StoredCollection("e", "Empty", ())
    assert ticked((rivers, bridges, empty), ("2", "1", "3")) == (rivers,)
    assert ticked((rivers, bridges, empty), ("2",)) == (bridges,)
    assert ticked((rivers, bridges, empty), ()) == ()


def test_a_collection_from_the_ticked_documents_is_asked_and_taken_off_renamed_removed_and_brought_back(
    app: AppTest,
) -> None:
    read(app, "rivers.pdf", pdf(((Line("The river Aren is 210 km long.", 700),),)))
    upload(app, "bridges.pdf", pdf(((Line("The bridge over the river is 90 m long.", 700),),)))
    until(app, lambda p: "2 of 2 ready" in shown(p))
    next(box for box in app.checkbox if "rivers" in box.label).check().run()
    press(app, "Keep as a collection")
    app.text_input(key="named-new").set_value("Water")
    press(app, "Keep the name")
    assert [box.label for box in app.checkbox if box.label.startswith("Water")] == ["Water · 1"]
    assert "Keep as a collection" not in [button.label for button in app.button]
    ask(app, "How long is the bridge?")
    assert "90 m" not in shown(app)  # it stands in the other document
    press(app, "Collection\\: Water")  # the chip
    assert not any(box.value for box in app.checkbox)

    next(box for box in app.checkbox if box.label == "Water · 1").check().run()
    assert next(box for box in app.checkbox if "rivers" in box.label).value
    press(app, "Rename the collection Water")
    next(field for field in app.text_input if field.label == "Name of the collection").set_value("Rivers")
    press(app, "Keep the name")
    press(app, "Remove the collection Rivers; its documents stay")
    assert not any(box.label == "Rivers · 1" for box in app.checkbox)
    assert "2 of 2 ready" in shown(app)
    press(app, "Undo")
    assert any(box.label == "Rivers · 1" for box in app.checkbox)
