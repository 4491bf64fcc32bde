"""The archive as a LangChain retriever; the one place where a passage becomes a LangChain document."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from qa.answer import passage_as_json


class PassageRetriever(BaseRetriever):
    """Passages by meaning and words, best first; their metadata are the fields of the contract."""

    assistant: Any  # an Assistant; pydantic cannot check a class that imports this module
    k: int

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager  # nothing here has parts to report on
        documents = []
        for passage in self.assistant.search(query, k=self.k):
            fields = passage_as_json(passage)
            documents.append(Document(page_content=fields.pop("text"), metadata=fields))
        return documents
